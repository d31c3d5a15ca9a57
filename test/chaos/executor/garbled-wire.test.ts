/** Whatever comes over the wire instead of an answer: what is read is a failure that says so, never a wrong world. */

import type { AddressInfo } from 'node:net';
import { createServer, type Server } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createHttpAlertReader } from '../../../executor/adapters/http-alert-reader.ts';
import { createHttpLoadReader } from '../../../executor/adapters/http-load-reader.ts';
import { createHttpRuleReader } from '../../../executor/adapters/http-rule-reader.ts';
import { createHttpSuppressionReader } from '../../../executor/adapters/http-suppression-reader.ts';
import { createOccopusNodeProvider } from '../../../executor/adapters/occopus-node-provider.ts';
import { createPrometheusAsker } from '../../../executor/adapters/prometheus-asker.ts';
import { createRulePoolRegistry } from '../../../executor/adapters/rule-pool-registry.ts';
import { createSwarmScalingTarget } from '../../../executor/adapters/swarm-scaling-target.ts';
import { createSwarmWorkers } from '../../../executor/adapters/swarm-workers.ts';
import { systemClock } from '../../../internal/daemon/clock.ts';
import { createDockerClient } from '../../../internal/docker/docker-client.ts';

/** Sent to every caller, before the connection is cut; undefined: nothing at all, and it stays open. */
let bytes: string | undefined;
let server: Server;
let port: number;
beforeAll(async () => {
  server = createServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', () => {
      if (bytes !== undefined) socket.end(bytes);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  ({ port } = server.address() as AddressInfo);
});
afterAll(() => void server.close());

const POOL = { infraId: 'infra', node: 'worker' };
const TIMEOUT_MS = 300;

function openReaders(): Readonly<Record<string, () => Promise<unknown>>> {
  const url = `http://127.0.0.1:${port}`;
  const docker = createDockerClient({ kind: 'tcp', host: '127.0.0.1', port, tls: undefined }, TIMEOUT_MS);
  const ask = createPrometheusAsker([url]);
  const target = createSwarmScalingTarget(docker);
  const workers = createSwarmWorkers(docker);
  return {
    'the firing alerts': createHttpAlertReader(ask).list,
    'the pools': createRulePoolRegistry(createHttpRuleReader(ask)).list,
    'the load': () => createHttpLoadReader(ask).read('worker'),
    'the silences': createHttpSuppressionReader([url]).read,
    'a service': () => target.read('web'),
    'the kept services': target.listKept,
    'the Swarm': workers.read,
    'the nodes': workers.nodes,
    'the VMs': () => createOccopusNodeProvider({ url, clock: systemClock }).read(POOL),
  };
}
const NAMES = Object.keys(openReaders());

const http = (body: string, length = body.length): string =>
  `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${length}\r\nConnection: close\r\n\r\n${body}`;
const CHUNKED = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n';

const GARBLED: readonly (readonly [what: string, bytes: string])[] = [
  ['nothing', ''],
  ['half a status line', 'HTTP/1.1 20'],
  ['half the headers', 'HTTP/1.1 200 OK\r\nContent-Type: appl'],
  ['headers alone', http('', 100)],
  ['half the body', http('{"status":"success","data":{"alerts":[', 4_000)],
  ['half of the chunks', `${CHUNKED}1\r\n[\r\n`],
  ['a chunk of no size', `${CHUNKED}zz\r\n[]\r\n`],
  ['another protocol', 'SSH-2.0-OpenSSH_9.2p1\r\n'],
  ['a page of a proxy', http('<html><body>Bad gateway</body></html>')],
  ['half of a JSON text', http('[{"ID":"abc","Spec":')],
  ['an empty body', http('')],
  ['a failure', 'HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n'],
  ['a way elsewhere', 'HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n'],
  ...[
    'null',
    '1',
    '"ok"',
    '{}',
    '[null]',
    '[{}]',
    '[[]]',
    '{"status":"success"}',
    '{"status":"success","data":null}',
  ].map((json): readonly [string, string] => [`the JSON ${json}`, http(json)]),
];

/** To Occopus it is an infrastructure that has no VM yet. */
const isAnswer = (name: string, sent: string): boolean => name === 'the VMs' && sent === http('{}');

describe.each(GARBLED)('%s', (_what, sent) => {
  test.each(NAMES.filter((name) => !isAnswer(name, sent)))('is no answer about %s', async (name) => {
    bytes = sent;
    const read = openReaders()[name];
    await expect(read?.()).rejects.toMatchObject({ name: 'AppError', code: 'unavailable' });
  });
});

test('silence is no answer either, after some seconds', async () => {
  bytes = undefined;
  const { 'the VMs': _slowByNature, ...readers } = openReaders();
  const outcomes = await Promise.allSettled(Object.values(readers).map((read) => read()));
  for (const outcome of outcomes)
    expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'unavailable' } });
}, 15_000);
