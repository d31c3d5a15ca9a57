import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import {
  closedPortsInMarkdown,
  describePorts,
  portsAsJson,
  portsInMarkdown,
} from '../../../../deploy/core/describe-ports.ts';
import { CLOSED_PORTS, OPEN_PORTS } from '../../../../deploy/core/port-list.ts';
import { DEFAULT_PORT } from '../../../../internal/contract/ports.ts';
import { ROOT } from '../../../house/source-files.ts';

/** What MiCADO 0.3's guide asked to open, as it stands there. */
const LIST_OF_MICADO = [
  ...[22, 53, 80, 443, 2375, 2377, 7946, 8080, 8300, 8301, 8302, 8400, 8500, 8600].map(
    (port) => `${port}/tcp`,
  ),
  ...[9090, 9093, 9095, 9100, 9200].map((port) => `${port}/tcp`),
  ...[7946, 8301, 8302, 8600].map((port) => `${port}/udp`),
];

const everything = [...OPEN_PORTS, ...CLOSED_PORTS];
const named = (entries: readonly Pick<(typeof everything)[number], 'port' | 'protocols'>[]): string[] =>
  entries.flatMap(({ port, protocols }) => protocols.map((protocol) => `${port}/${protocol}`));

describe('the list of ports', () => {
  test('says of each port of MiCADO’s list whether it is still to be opened', () => {
    const then = everything.filter(({ formerly }) => formerly === 'open to the world');
    expect(LIST_OF_MICADO.filter((port) => !named(then).includes(port))).toEqual([]);
  });

  test('says of each port that the binaries know where it stands', () => {
    const numbers = everything.map(({ port }) => port);
    expect(Object.values(DEFAULT_PORT).filter((port) => !numbers.includes(port))).toEqual([]);
  });

  test('opens to the outside only SSH and what services publish', () => {
    const outside = OPEN_PORTS.filter(({ from }) => from === 'operator' || from === 'users');
    expect(outside.map(({ port }) => port)).toEqual([22, 'published']);
  });

  test('never says of a port both that it is open and that it is closed', () => {
    const open = named(OPEN_PORTS);
    expect(named(CLOSED_PORTS).filter((port) => open.includes(port))).toEqual([]);
  });

  test('is what the user data of each cloud ask to open between VMs', () => {
    const wanted = OPEN_PORTS.filter(
      ({ from, onlyWith = '' }) =>
        ['each node', 'master'].includes(from) && ['more than one node', 'worker VMs'].includes(onlyWith),
    ).filter(({ to }) => to !== 'the cloud’s API');
    const folder = join(ROOT, 'templates/cloud/user-data');
    const asked = readdirSync(folder)
      .map((file) =>
        /What must be open between the VMs[^:]*: ([^.]*)\./.exec(readFileSync(join(folder, file), 'utf8')),
      )
      .flatMap((match) => (match?.[1] === undefined ? [] : [match[1].replace('/tcp and udp', '/tcp+udp')]));
    expect(asked.length).toBeGreaterThan(0);
    expect(new Set(asked)).toEqual(
      new Set([wanted.map(({ port, protocols }) => `${port}/${protocols.join('+')}`).join(', ')]),
    );
  });
});

test.each([
  ['node-exporter.stack.yaml', [9100]],
  ['consul.stack.yaml', [8300, 8301]],
])('what docker/%s publishes nowhere is open only where it runs outside of the stack', (file, ports) => {
  expect(readFileSync(join(ROOT, 'docker', file), 'utf8')).not.toMatch(/^\s+ports:/m);
  const rows = OPEN_PORTS.filter(({ port }) => typeof port === 'number' && ports.includes(port));
  expect(rows).toHaveLength(ports.length);
  for (const { onlyWith } of rows) expect(onlyWith).toMatch(/outside the stack’s network$/);
});

describe('its forms', () => {
  test('the table for people has a line for each opening, and no closed port', () => {
    const lines = describePorts().split('\n');
    expect(lines).toContainEqual(
      expect.stringMatching(/^each node +master +2377\/tcp +more than one node +\S/),
    );
    expect(lines).toContainEqual(expect.stringMatching(/^each node +each node +ESP +encrypted networks +\S/));
    expect(lines).toContainEqual(expect.stringMatching(/^operator +master +22\/tcp +always +SSH/));
    expect(describePorts()).not.toMatch(/\b(2375|9090|5000)\b/);
  });

  test('JSON tells a port of one’s own choice from a protocol without ports', () => {
    const { open } = JSON.parse(portsAsJson()) as { open: readonly Record<string, unknown>[] };
    expect(open).toHaveLength(OPEN_PORTS.length);
    expect(open).toContainEqual(expect.objectContaining({ from: 'users', port: null, published: true }));
    expect(open).toContainEqual(
      expect.objectContaining({ protocols: ['esp'], port: null, published: false }),
    );
    expect(open).toContainEqual(
      expect.objectContaining({ from: 'operator', to: 'master', port: 22, only_with: null }),
    );
  });

  test('Markdown has as many columns in each line as in its header', () => {
    for (const table of [portsInMarkdown(), closedPortsInMarkdown()]) {
      const [header = '', ...lines] = table.trimEnd().split('\n');
      const bars = (line: string): number => line.split('|').length;
      expect(lines.filter((line) => bars(line) !== bars(header))).toEqual([]);
    }
  });
});
