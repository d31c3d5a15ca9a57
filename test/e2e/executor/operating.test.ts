/** What an operator sees and does: readiness, pauses, dry run, explain, status, metrics. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { openHttpListener } from '../../../internal/daemon/http-listener.ts';
import { silentLogger } from '../../../internal/daemon/logger.ts';
import { eventually } from '../../eventually.ts';
import { metricComplaints } from '../../real/support/promtool.ts';
import { alertLabels, aWebhook, type Stage, setStage } from './start-executor.ts';
import { lastVerdict, ready, verdict } from './verdicts.ts';

let stage: Stage;
beforeEach(async () => {
  stage = await setStage();
  stage.docker.state.createService({ name: 'web' });
});
afterEach(async () => {
  await stage[Symbol.asyncDispose]();
});

const fire = (annotations: Readonly<Record<string, string>> = {}): void =>
  stage.prometheus.setAlerts([{ labels: alertLabels('web'), annotations, value: '9.5e+01' }]);
const replicas = (): number => stage.docker.state.replicas('web');

describe('readiness', () => {
  test('comes when all parts have answered', async () => {
    await using executor = await stage.startExecutor();
    await eventually('it is ready', async () => (await ready(executor)).status === 200);
  });

  test.each([
    ['docker', () => stage.docker.pause(), () => stage.docker.resume()],
    ['prometheus', () => stage.prometheus.stop(), () => stage.prometheus.start()],
    ['alertmanager', () => stage.alertmanager.stop(), () => stage.alertmanager.start()],
  ])('names %s when it is away, and comes back with it', async (part, stop, start) => {
    await using executor = await stage.startExecutor('--poll.interval=500ms');
    await eventually('it is ready', async () => (await ready(executor)).status === 200);
    await stop();
    await eventually(`${part} is missed`, async () => {
      const { status, reasons } = await ready(executor);
      return status === 503 && reasons.startsWith(`${part} is away: `);
    });
    await start();
    await eventually('it is ready again', async () => (await ready(executor)).status === 200);
  });

  test('names a journal that cannot be written, and scaling goes on', async () => {
    await using executor = await stage.startExecutor('--journal.file=/dev/full');
    fire();
    await executor.post('/', aWebhook(alertLabels('web')));
    await eventually('the service has 2 replicas', () => replicas() === 2);
    await eventually('the journal is missed', async () => (await ready(executor)).reasons.includes('ENOSPC'));
  });
});

describe('a pause', () => {
  test('of all holds every action, outlives a restart, and says what would be done', async () => {
    {
      await using executor = await stage.startExecutor();
      expect((await executor.post('/api/v1/pause', { reason: 'upgrade' })).status).toBe(200);
    }
    fire();
    await using executor = await stage.startExecutor();
    await verdict(executor, 'paused');
    expect(await lastVerdict(executor)).toMatchObject({
      detail: 'would scale up from 1 to 2 (overloaded); paused: upgrade',
      would: { from: 1, to: 2, direction: 'up' },
    });
    expect(replicas()).toBe(1);
    expect((await executor.post('/api/v1/resume', '')).status).toBe(200);
    await eventually('the service has 2 replicas', () => replicas() === 2);
  });

  test('of one target leaves the others alone', async () => {
    stage.docker.state.createService({ name: 'api' });
    await using executor = await stage.startExecutor();
    await executor.post('/api/v1/pause', { target: 'docker/web' });
    stage.prometheus.setAlerts(['web', 'api'].map((name) => ({ labels: alertLabels(name) })));
    await executor.post('/-/reload', '');
    await eventually('api has 2 replicas', () => stage.docker.state.replicas('api') === 2);
    await verdict(executor, 'paused');
    expect(replicas()).toBe(1);
  });

  test('of one target outlives a restart, and ends when it is resumed', async () => {
    {
      await using executor = await stage.startExecutor();
      await executor.post('/api/v1/pause', { target: 'docker/web', reason: 'migration' });
    }
    fire();
    await using executor = await stage.startExecutor();
    await verdict(executor, 'paused');
    expect(await executor.getJson('/api/v1/targets/docker/web/explain')).toMatchObject({
      now: { reason: 'paused', would: { from: 1, to: 2 } },
      paused: { reason: 'migration' },
    });
    expect(replicas()).toBe(1);
    await executor.post('/api/v1/resume', { target: 'docker/web' });
    await eventually('the service has 2 replicas', () => replicas() === 2);
  });

  test.each([[{ target: 'web' }], [{ targets: 'docker/web' }], [[]]])('of %j is 400', async (body) => {
    await using executor = await stage.startExecutor();
    expect((await executor.post('/api/v1/pause', body)).status).toBe(400);
  });
});

test('a dry run decides, records and changes nothing', async () => {
  fire();
  const before = stage.docker.state.service('web');
  await using executor = await stage.startExecutor('--dry-run');
  await verdict(executor, 'dry_run');
  expect(await lastVerdict(executor)).toMatchObject({ would: { from: 1, to: 2 } });
  expect(stage.docker.state.service('web')).toEqual(before);
});

test('a service that says no is left alone', async () => {
  fire();
  stage.docker.state.changeService('web', (spec) => ({ ...spec, Labels: { 'micado.scale': 'false' } }));
  await using executor = await stage.startExecutor();
  await verdict(executor, 'opted_out');
  expect(replicas()).toBe(1);
});

test('a service that is not on the list of allowed ones is left alone', async () => {
  fire();
  await using executor = await stage.startExecutor('--allow-service=api');
  await verdict(executor, 'not_allowed');
});

describe('the API', () => {
  test('explains a service that has never been looked at', async () => {
    await using executor = await stage.startExecutor();
    expect(await executor.getJson('/api/v1/targets/docker/web/explain')).toMatchObject({
      target: 'docker/web',
      now: { kind: 'hold', reason: 'not_firing', sentence: expect.stringContaining('no firing') },
      to_act: expect.stringContaining('An alert of the target fires'),
      service: { replicas: 1, running: 1 },
      last_decisions: [],
    });
  });

  test('answers 404 for a service that nobody knows, with the nearest one', async () => {
    fire();
    await using executor = await stage.startExecutor();
    await verdict(executor, 'cooldown');
    const answer = await executor.get('/api/v1/targets/docker/wen/explain');
    expect(answer.status).toBe(404);
    expect(await answer.text()).toContain('did you mean \\"docker/web\\"?');
  });

  test('lists targets, status and decisions', async () => {
    fire();
    await using executor = await stage.startExecutor();
    await verdict(executor, 'cooldown');
    expect(await executor.getJson('/api/v1/targets')).toEqual({
      targets: [
        expect.objectContaining({
          target: 'docker/web',
          replicas: 2,
          last_decision: expect.objectContaining({ reason: 'cooldown' }),
        }),
      ],
    });
    expect(await executor.getJson('/api/v1/status')).toMatchObject({
      parts: { docker: { state: 'ok' }, prometheus: { state: 'ok' }, alertmanager: { state: 'ok' } },
      journal: { file: stage.journalFile, problem: null },
      dry_run: false,
      max_replicas: 100,
    });
    const { decisions } = await executor.getJson<{ decisions: unknown[] }>('/api/v1/decisions?kind=scale');
    expect(decisions).toHaveLength(1);
    const all = await executor.getJson<{ decisions: unknown[] }>('/api/v1/decisions?target=');
    expect(all.decisions).toHaveLength(2);
  });

  test('gives the journal page by page', async () => {
    fire({ cooldown: '0s', max: '3' });
    await using executor = await stage.startExecutor();
    await verdict(executor, 'at_max');
    const pages: string[] = [];
    let next: number | null = null;
    do {
      const query: string = next === null ? '' : `&before=${next}`;
      const page: { decisions: { reason: string }[]; next: number | null } = await executor.getJson(
        `/api/v1/decisions?target=docker/web&limit=2${query}`,
      );
      pages.push(page.decisions.map(({ reason }) => reason).join(' '));
      next = page.next;
    } while (next !== null);
    expect(pages).toEqual(['at_max overloaded', 'overloaded']);
  });

  test.each(['kind=any', 'limit=0', 'limit=many', 'since=yesterday', 'until=x', 'before=-1', 'targt=x'])(
    'refuses the query %s with 400',
    async (query) => {
      await using executor = await stage.startExecutor();
      expect((await executor.get(`/api/v1/decisions?${query}`)).status).toBe(400);
    },
  );

  test('has metrics that promtool finds nothing wrong with', async () => {
    fire();
    await using executor = await stage.startExecutor();
    await verdict(executor, 'cooldown');
    const text = await (await executor.get('/metrics')).text();
    expect(text).toContain('micado_executor_scale_actions_total{direction="up"} 1');
    expect(text).toContain('micado_executor_decisions_total{kind="scale",reason="overloaded"} 1');
    expect(text).toContain('micado_executor_alert_to_action_seconds_count{direction="up"} 1');
    expect(metricComplaints(text)).toEqual([]);
    for (const series of [
      'micado_executor_decisions_total{kind="hold",reason="silenced"} 0',
      'micado_executor_decisions_total{kind="reject",reason="opted_out"} 0',
      'micado_executor_outside_changes_total{reason="reset_by_deploy"} 0',
      'micado_executor_retries_total 0',
      'micado_executor_queue_waiting 0',
      'micado_executor_queue_oldest_seconds 0',
    ])
      expect(text).toContain(`${series}\n`);
    for (const part of ['docker', 'prometheus', 'alertmanager'])
      expect(text).toContain(
        `micado_executor_api_request_duration_seconds_count{part="${part}",result="ok"}`,
      );
  });
});

test('a taken port ends the start with a line that names it', async () => {
  const listener = await openHttpListener({
    listenAddress: '127.0.0.1:0',
    webConfigFile: '',
    allowedHosts: [],
    handler: () => {},
    logger: silentLogger,
  });
  const stop = new AbortController();
  const served = listener.actor.run(stop.signal);
  const start = stage.startExecutor(`--web.listen-address=127.0.0.1:${listener.port}`);
  await expect(start).rejects.toThrow(`127.0.0.1:${listener.port}`);
  stop.abort();
  await served;
});
