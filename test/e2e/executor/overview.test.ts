/** What the status page is made of: the overview, the past of a target, and who may change anything. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type {
  Overview,
  OverviewPart,
  OverviewService,
  TargetHistory,
} from '../../../executor/core/overview/overview-shape.ts';
import { describeNoServices } from '../../../executor/web/page/words.ts';
import { eventually } from '../../eventually.ts';
import {
  alertLabels,
  aWebhook,
  poolAlertLabels,
  type RunningExecutor,
  type Stage,
  setStage,
} from './start-executor.ts';

const TERMS = { min: '1', max: '4', metric: 'cpu', strategy: 'step', cooldown: '1h' };

let stage: Stage;
beforeEach(async () => {
  stage = await setStage();
  stage.docker.state.createService({ name: 'web' });
  stage.prometheus.setRules([
    { labels: alertLabels('web'), annotations: { ...TERMS, threshold: '80' }, query: '100 * sum(busy) > 80' },
    { labels: alertLabels('web', 'underloaded'), annotations: { ...TERMS, threshold: '20' } },
    { labels: poolAlertLabels({ infraId: 'infra', node: 'worker' }, 'overloaded'), annotations: {} },
  ]);
});
afterEach(async () => {
  await stage[Symbol.asyncDispose]();
});

const overviewOf = (executor: RunningExecutor) => executor.getJson<Overview>('/api/v1/overview');
const webOf = ({ services }: Overview): OverviewService | undefined =>
  services.find(({ name }) => name === 'web');
const partOf = ({ parts }: Overview, name: string): OverviewPart | undefined =>
  parts.find((part) => part.name === name);

describe('the overview', () => {
  test('has each service that a rule scales, with its terms, and each pool, before any alert', async () => {
    await using executor = await stage.startExecutor();
    const overview = await overviewOf(executor);
    expect(webOf(overview)).toMatchObject({
      target: 'docker/web',
      replicas: 1,
      min: 1,
      max: 4,
      scaleup: 80,
      scaledown: 20,
      alerts: [],
      paused: false,
    });
    expect(overview.pools.map(({ target }) => target)).toEqual(['VM/infra/worker']);
  });

  test('tells of an action its verdict, its alert, and what is left of the cool-down', async () => {
    stage.prometheus.setAlerts([
      { labels: { alertname: 'at_max', alert: 'at_max', application: 'web' }, state: 'pending' },
      { labels: alertLabels('web'), annotations: TERMS },
    ]);
    await using executor = await stage.startExecutor();
    await executor.post('/', aWebhook(alertLabels('web')));
    await eventually('it is scaled', () => stage.docker.state.replicas('web') === 2);
    const web = webOf(await overviewOf(executor));
    expect(web?.alerts).toMatchObject([
      { name: 'web_overloaded', state: 'firing', suppressed: null, decides: true },
      { name: 'at_max', state: 'pending', decides: false },
    ]);
    expect(web?.cooldown.up_left_s).toBeGreaterThan(3_000);
    expect(web?.verdict?.sentence).not.toBe('');
  });

  test('shows a pause of all, and one of a service', async () => {
    await using executor = await stage.startExecutor();
    await executor.post('/api/v1/pause', { target: 'docker/web' });
    await executor.post('/api/v1/pause', { reason: 'upgrade' });
    const overview = await overviewOf(executor);
    expect(overview.paused).toMatchObject({ reason: 'upgrade' });
    expect(webOf(overview)?.paused).toBe(true);
  });

  test('keeps its services while Prometheus is away, and says that it is', async () => {
    await using executor = await stage.startExecutor();
    expect(partOf(await overviewOf(executor), 'prometheus')?.state).toBe('well');
    await stage.prometheus.stop();
    const overview = await overviewOf(executor);
    expect(partOf(overview, 'prometheus')).toMatchObject({ state: 'away', since: expect.any(String) });
    expect(partOf(overview, 'rulegen')?.state).toBe('unknown');
    expect(webOf(overview)).toMatchObject({ max: 4, replicas: 1 });
    await stage.prometheus.start();
    expect(partOf(await overviewOf(executor), 'prometheus')?.state).toBe('well');
  });

  test('without Docker knows no replicas, and all else', async () => {
    await using executor = await stage.startExecutor();
    await stage.docker.pause();
    const overview = await overviewOf(executor);
    expect(partOf(overview, 'docker')?.state).toBe('away');
    expect(webOf(overview)).toMatchObject({ replicas: null, running: null, max: 4 });
  });

  test('does not wait for a part that hangs', async () => {
    await using executor = await stage.startExecutor();
    expect(partOf(await overviewOf(executor), 'alertmanager')?.state).toBe('well');
    let release = (): void => {};
    stage.alertmanager.holdUntil(
      new Promise((resolve) => {
        release = resolve;
      }),
    );
    expect(partOf(await overviewOf(executor), 'alertmanager')).toEqual({
      name: 'alertmanager',
      state: 'away',
      reason: 'no answer within 2 s',
      since: expect.any(String),
      missing: [],
    });
    release();
    await eventually(
      'it is back',
      async () => partOf(await overviewOf(executor), 'alertmanager')?.state === 'well',
    );
  });

  test('tells since when an exporter is away, also of the time in which nobody looked', async () => {
    const downSince = Math.floor(Date.now() / 1_000) - 7_200;
    stage.prometheus.setScraped([
      { job: 'exporter', instance: 'n1:9200', up: 0, lastUp: downSince },
      { job: 'exporter', instance: 'n2:9200', up: 1, lastUp: downSince + 7_200 },
      { job: 'rulegen', instance: 'm1:9096', up: 1 },
    ]);
    await using executor = await stage.startExecutor();
    const since = new Date(downSince * 1_000).toISOString();
    const overview = await overviewOf(executor);
    expect(partOf(overview, 'exporter')).toEqual({
      name: 'exporter',
      state: 'late',
      reason: '1 of 2 do not answer: n1:9200.',
      since,
      missing: [{ name: 'n1:9200', since }],
    });
    expect(partOf(overview, 'rulegen')).toMatchObject({ state: 'well', since: null });
  });

  test('shows as unused what is not configured', async () => {
    await using executor = await stage.startExecutor();
    const overview = await overviewOf(executor);
    const unused = overview.parts.filter(({ state }) => state === 'off').map(({ name }) => name);
    expect(unused).toEqual(['provider', 'consul']);
  });
});

test('an executor that has not met Prometheus yet has no services, and does not say that there are none', async () => {
  await stage.prometheus.stop();
  await using executor = await stage.startExecutor();
  const overview = await overviewOf(executor);
  expect(overview.services).toEqual([]);
  expect(describeNoServices(overview.parts)).toContain('not known');
});

describe('the past of a target', () => {
  const historyOf = (executor: RunningExecutor, query = '') =>
    executor.getJson<TargetHistory>(`/api/v1/targets/docker/web/history${query}`);

  test('is what its rule compares, on a grid whose gaps are null', async () => {
    const now = Math.floor(Date.now() / 5_000) * 5;
    stage.prometheus.setPast([
      [now - 10, '42.5'],
      [now - 5, 'NaN'],
    ]);
    await using executor = await stage.startExecutor();
    const { times, values, problem } = await historyOf(executor);
    expect(problem).toBe('');
    expect(stage.prometheus.queries()).toContain('100 * sum(busy)');
    expect(values[times.indexOf(now - 10)]).toBe(42.5);
    expect(values[times.indexOf(now - 5)]).toBeNull();
    expect(times).toHaveLength(values.length);
  });

  test('has the actions of the executor', async () => {
    stage.prometheus.setAlerts([{ labels: alertLabels('web'), annotations: TERMS }]);
    await using executor = await stage.startExecutor();
    await executor.post('/', aWebhook(alertLabels('web')));
    await eventually('it is scaled', async () => (await historyOf(executor)).actions.length > 0);
    expect((await historyOf(executor)).actions).toEqual([{ time: expect.any(String), from: 1, to: 2 }]);
  });

  test('of a target without such a rule says why there is none', async () => {
    stage.prometheus.setRules([{ labels: alertLabels('web'), annotations: {}, query: 'absent(web)' }]);
    await using executor = await stage.startExecutor();
    expect((await historyOf(executor)).problem).toBe('Its rule compares no value that could be plotted.');
  });

  test('asks Prometheus nothing that stands in the request', async () => {
    await using executor = await stage.startExecutor();
    const path = `/api/v1/targets/docker/${encodeURIComponent('web"} or vector(1)')}/history`;
    expect((await executor.getJson<TargetHistory>(path)).values).toEqual([]);
    expect(stage.prometheus.queries().join()).not.toContain('vector(1)');
    expect((await executor.get('/api/v1/targets/docker/web/history?minutes=0')).status).toBe(400);
  });
});

test('credentials are tried without changing anything', async () => {
  await using executor = await stage.startExecutor();
  const wrong = await executor.post('/api/v1/credentials', {}, { authorization: 'Bearer wrong' });
  expect(wrong.status).toBe(401);
  expect((await executor.post('/api/v1/credentials', {})).status).toBe(200);
  expect((await executor.get('/api/v1/credentials')).status).toBe(405);
});

test('an executor without the built page serves its API, and says what is missing', async () => {
  await using executor = await stage.startExecutor();
  const answer = await executor.get('/');
  expect(answer.status).toBe(503);
  expect(await answer.text()).toContain('npm run build');
});

test.each(['pause', 'resume', 'credentials', 'alerts'])(
  'POST /api/v1/%s without credentials is refused',
  async (name) => {
    await using executor = await stage.startExecutor();
    const answer = await fetch(`${executor.url}/api/v1/${name}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{}',
    });
    expect(answer.status).toBe(401);
    expect((await overviewOf(executor)).paused).toBeNull();
  },
);
