/** What the command provider makes of programs that it did not write. */
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createCommandNodeProvider } from '../../../executor/adapters/command-node-provider.ts';
import type { NodeProvider, PoolReport } from '../../../executor/ports.ts';
import { eventually } from '../../eventually.ts';

const POOL = { infraId: 'infra', node: 'worker' };
const SEEN: PoolReport = {
  min: 1,
  max: 3,
  target: 1,
  vms: [{ id: 'vm-1', addresses: [], state: 'ready' }],
};

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'micado-programs-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A provider all of whose programs are this shell script. */
function aProvider(script: string, more: { timeoutMs?: number; signal?: AbortSignal } = {}): NodeProvider {
  const path = join(folder, 'program');
  writeFileSync(path, `#!/bin/sh\ncd '${folder}' || exit 9\n${script}\n`);
  chmodSync(path, 0o755);
  return createCommandNodeProvider({ up: path, down: path, list: path, timeoutMs: 10_000, ...more });
}

const isRunning = (pid: number): boolean => existsSync(`/proc/${pid}`);
const startedPid = (): Promise<number> =>
  eventually('the program has said which process it started', () => {
    const pid = Number(readFileSync(join(folder, 'pid'), 'utf8'));
    return pid > 0 && pid;
  });
/** Starts a process of its own, and waits. */
const STARTS_ANOTHER = 'sleep 300 & echo $! > pid; wait';

describe('a program', () => {
  test('gets its words as they are, and no shell sees them', async () => {
    const odd = { infraId: '$(touch owned); *', node: 'a b' };
    await aProvider('for word; do echo "<$word>"; done > words').scaleTo(odd, 2, SEEN);
    expect(readFileSync(join(folder, 'words'), 'utf8')).toBe('<$(touch owned); *>\n<a b>\n<2>\n');
    expect(existsSync(join(folder, 'owned'))).toBe(false);
  });

  test.each(['--all', ''])(
    'is not run for the word "%s", which it would take for something else',
    async (word) => {
      const provider = aProvider('touch ran');
      await expect(provider.read({ ...POOL, node: word })).rejects.toMatchObject({ code: 'invalid' });
      expect(existsSync(join(folder, 'ran'))).toBe(false);
    },
  );

  test.each([
    [3, 'not_found'],
    [1, 'unavailable'],
    [75, 'unavailable'],
  ])('that ends with exit code %i means %s, and its last words are the reason', async (exitCode, code) => {
    const provider = aProvider(`echo first >&2; echo 'quota exceeded' >&2; exit ${exitCode}`);
    await expect(provider.read(POOL)).rejects.toMatchObject({
      code,
      message: expect.stringContaining(`exit code ${exitCode}: quota exceeded`),
    });
  });

  test('that is not there is unavailable', async () => {
    const nowhere = join(folder, 'nowhere');
    const options = { up: nowhere, down: nowhere, list: nowhere, timeoutMs: 1_000 };
    await expect(createCommandNodeProvider(options).read(POOL)).rejects.toMatchObject({
      code: 'unavailable',
      message: `cannot run ${nowhere}`,
    });
  });

  test('that takes too long is ended, with all that it started', async () => {
    const reading = aProvider(STARTS_ANOTHER, { timeoutMs: 500 }).read(POOL);
    await expect(reading).rejects.toThrow(/did not end within 500 ms/);
    const pid = await startedPid();
    await eventually('the process that it started is gone', () => !isRunning(pid));
  });

  test('is ended with the executor', async () => {
    const stop = new AbortController();
    const reading = aProvider(STARTS_ANOTHER, { signal: stop.signal }).read(POOL);
    const ended = expect(reading).rejects.toThrow(/stopped with this process/);
    const pid = await startedPid();
    stop.abort();
    await ended;
    await eventually('the process that it started is gone', () => !isRunning(pid));
  });

  test('that left its group and holds its output open is not waited for', async () => {
    const script = 'setsid sh -c "echo \\$\\$ > pid; exec sleep 300"';
    const reading = aProvider(script, { timeoutMs: 500 }).read(POOL);
    await expect(reading).rejects.toThrow(/did not end within 500 ms/);
    process.kill(await startedPid());
  });
});

describe('a report', () => {
  const printed = (report: unknown): Promise<PoolReport> =>
    aProvider(`cat <<'END'\n${typeof report === 'string' ? report : JSON.stringify(report)}\nEND`).read(POOL);

  test('as the README shows it is understood', async () => {
    const readme = readFileSync(new URL('../../../executor/README.md', import.meta.url), 'utf8');
    const example = /```json\n([^`]*"vms"[^`]*)```/.exec(readme)?.[1] ?? '';
    expect(await printed(example)).toEqual({
      min: 1,
      max: 5,
      target: 2,
      vms: [
        { id: 'vm-7', addresses: ['10.0.0.7'], state: 'ready' },
        { id: 'vm-8', addresses: [], state: 'booting' },
      ],
    });
  });

  test('may leave out bounds and addresses', async () => {
    expect(await printed({ target: 2, vms: [{ id: 'a', state: 'booting' }], note: 'not ours' })).toEqual({
      min: undefined,
      max: undefined,
      target: 2,
      vms: [{ id: 'a', addresses: [], state: 'booting' }],
    });
  });

  test.each([
    ['no JSON', 'two VMs'],
    ['nothing', ''],
    ['no target', { vms: [] }],
    ['half a VM', { target: 1.5, vms: [] }],
    ['a state that nobody knows', { target: 1, vms: [{ id: 'a', state: 'running' }] }],
  ])('with %s is unavailable', async (_what, report) => {
    await expect(printed(report)).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('printed no report'),
    });
  });

  test('without an end is cut off', async () => {
    await expect(aProvider('yes').read(POOL)).rejects.toThrow(/printed more than 1048576 bytes/);
  });
});
