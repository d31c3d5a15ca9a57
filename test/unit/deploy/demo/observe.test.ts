import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Observation } from '../../../../deploy/demo/core/observation.ts';
import { createObserver } from '../../../../deploy/demo/observe.ts';
import { createDockerClient } from '../../../../internal/docker/docker-client.ts';
import { parseDockerHost } from '../../../../internal/docker/docker-host.ts';
import { type DockerEngineServer, startDockerEngineServer } from '../../../fakes/docker-engine-server.ts';
import { createManualClock } from '../../../fakes/manual-clock.ts';

const vector = (value: string) => ({ data: { result: [{ metric: {}, value: [1, value] }] } });
const PROMETHEUS = {
  rules: {
    data: {
      groups: [
        { rules: [{ name: 'web_overloaded' }, { name: 'web_underloaded' }] },
        { rules: [{ name: 'web2_overloaded' }, { name: 'at_max' }] },
      ],
    },
  },
  alerts: {
    data: {
      alerts: [
        { labels: { alertname: 'web_overloaded', application: 'web' }, state: 'firing' },
        { labels: { alertname: 'web2_overloaded', application: 'web2' }, state: 'firing' },
      ],
    },
  },
};
const DECISIONS = [
  { time: '2026-01-01T00:00:09.000Z', kind: 'hold', reason: 'cooldown', sentence: 'Too soon.' },
  {
    time: '2026-01-01T00:00:08.000Z',
    kind: 'scale',
    reason: 'overloaded',
    sentence: 'Over.',
    from: 1,
    to: 2,
    direction: 'up',
  },
];

describe('looking at the service', () => {
  let engine: DockerEngineServer;
  let stack: Server;
  /** What Prometheus and the executor answer, by the path; nothing is 503. */
  let answers: Record<string, unknown>;
  let asked: string[];
  let look: () => Promise<Observation>;

  beforeEach(async () => {
    engine = await startDockerEngineServer();
    engine.state.createService({ name: 'web', replicas: 2 });
    engine.state.createService({ name: 'web2', replicas: 7 });
    asked = [];
    answers = {
      '/api/v1/rules': PROMETHEUS.rules,
      '/api/v1/alerts': PROMETHEUS.alerts,
      '/api/v1/query': vector('75.5'),
      '/api/v1/decisions': { decisions: DECISIONS },
    };
    stack = createServer((request, response) => {
      asked.push(decodeURIComponent(request.url ?? ''));
      const answer = answers[request.url?.split('?')[0] ?? ''];
      response.writeHead(answer === undefined ? 503 : 200).end(JSON.stringify(answer));
    });
    stack.listen(0, '127.0.0.1');
    await once(stack, 'listening');
    const url = `http://127.0.0.1:${(stack.address() as AddressInfo).port}`;
    look = createObserver({
      docker: createDockerClient(parseDockerHost(engine.address)),
      prometheusUrl: url,
      executorUrl: url,
      service: 'web',
      limitCores: 0.2,
      windowMs: 6_000,
      clock: createManualClock(),
    });
  });
  afterEach(async () => {
    stack.close();
    stack.closeAllConnections();
    await engine[Symbol.asyncDispose]();
  });

  test('sees replicas, rules, alerts, use and decisions of this service alone', async () => {
    expect(await look()).toEqual({
      atMs: Date.parse('2026-01-01T00:00:00Z'),
      service: { desired: 2, running: 2 },
      rules: ['web_overloaded', 'web_underloaded'],
      scrapedTasks: 75.5,
      utilisationPercent: 75.5,
      alerts: [{ name: 'web_overloaded', state: 'firing' }],
      decisions: [
        {
          atMs: Date.parse('2026-01-01T00:00:08Z'),
          kind: 'scale',
          reason: 'overloaded',
          sentence: 'Over.',
          scale: { from: 1, to: 2, direction: 'up' },
        },
        {
          atMs: Date.parse('2026-01-01T00:00:09Z'),
          kind: 'hold',
          reason: 'cooldown',
          sentence: 'Too soon.',
          scale: undefined,
        },
      ],
    });
    expect(asked).toContain('/api/v1/decisions?target=docker/web&since=2026-01-01T00:00:00.000Z');
  });

  test('sees no replicas of a service that is gone', async () => {
    engine.state.removeService('web');
    expect((await look()).service).toEqual({ desired: 0, running: 0 });
  });

  test('knows nothing where nobody answers, which is not nothing', async () => {
    answers = {};
    await engine.pause();
    expect(await look()).toEqual({
      atMs: Date.parse('2026-01-01T00:00:00Z'),
      service: undefined,
      rules: undefined,
      scrapedTasks: undefined,
      utilisationPercent: undefined,
      alerts: undefined,
      decisions: undefined,
    });
  });

  test('has no number where there are no series yet', async () => {
    answers['/api/v1/query'] = { data: { result: [] } };
    expect(await look()).toMatchObject({ scrapedTasks: undefined, utilisationPercent: undefined });
  });
});
