/** Parts that are away, refuse or hang: nothing is done on what is not known, and it is done when they are back. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { eventually } from '../../eventually.ts';
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

describe('a part that is away', () => {
  test('Prometheus: nothing is done, and it is done when it is back', async () => {
    fire();
    await stage.prometheus.stop();
    await using executor = await stage.startExecutor();
    await executor.post('/', aWebhook(alertLabels('web')));
    await verdict(executor, 'prometheus_away');
    expect(replicas()).toBe(1);
    const shown = async (): Promise<string> => await (await executor.get('/metrics')).text();
    expect(await shown()).toContain('micado_executor_part_up{part="prometheus"} 0\n');
    expect(await shown()).not.toContain('part="provider"');
    await stage.prometheus.start();
    await eventually('the service has 2 replicas', () => replicas() === 2);
    expect(await shown()).toContain('micado_executor_part_up{part="prometheus"} 1\n');
  });

  test('Docker: nothing is done, and it is done when it is back', async () => {
    fire();
    await stage.docker.pause();
    await using executor = await stage.startExecutor();
    await executor.post('/', aWebhook(alertLabels('web')));
    await verdict(executor, 'docker_away');
    await stage.docker.resume();
    await eventually('the service has 2 replicas', () => replicas() === 2);
  });

  test('Alertmanager, never heard: nothing is done', async () => {
    fire();
    await stage.alertmanager.stop();
    await using executor = await stage.startExecutor();
    await verdict(executor, 'silences_unknown');
    expect(replicas()).toBe(1);
  });

  test('Alertmanager, heard before: its last word holds, and scaling goes on', async () => {
    await using executor = await stage.startExecutor();
    await eventually('it is ready', async () => (await ready(executor)).status === 200);
    await stage.alertmanager.stop();
    fire();
    await executor.post('/', aWebhook(alertLabels('web')));
    await eventually('the service has 2 replicas', () => replicas() === 2);
  });

  test('Alertmanager, heard before: nothing goes down until it is back', async () => {
    stage.docker.state.createService({ name: 'big', replicas: 5 });
    await using executor = await stage.startExecutor();
    await eventually('it is ready', async () => (await ready(executor)).status === 200);
    await stage.alertmanager.stop();
    const annotations = { cooldown: '0s' };
    stage.prometheus.setAlerts([{ labels: alertLabels('big', 'underloaded'), value: '5e+00', annotations }]);
    await executor.post('/', aWebhook(alertLabels('big')));
    await eventually('it is held', async () =>
      (await executor.decisions('docker/big')).some(({ reason }) => reason === 'silences_unknown'),
    );
    expect(stage.docker.state.replicas('big')).toBe(5);
    await stage.alertmanager.start();
    await eventually('one replica less', () => stage.docker.state.replicas('big') === 4);
  });

  test('Docker that refuses an update: its words are in the journal', async () => {
    fire();
    stage.docker.failNext(/\/update$/, 400, 'invalid mount config');
    await using executor = await stage.startExecutor();
    await verdict(executor, 'docker_refused');
    expect((await lastVerdict(executor))?.['detail']).toContain('invalid mount config');
  });

  test('an update that is always out of sequence is tried again later, not for ever at once', async () => {
    fire();
    const message = 'rpc error: code = Unknown desc = update out of sequence';
    stage.docker.failNext(/\/update$/, 500, message, 7);
    await using executor = await stage.startExecutor();
    await eventually('the service has 2 replicas', () => replicas() === 2);
    expect(await (await executor.get('/metrics')).text()).toContain('micado_executor_conflicts_total 7');
  });
});

test('a stop while Prometheus hangs ends in time, and nothing is done any more', async () => {
  fire();
  let release: () => void = () => {};
  const executor = await stage.startExecutor();
  await eventually('it is ready', async () => (await ready(executor)).status === 200);
  await eventually('the service has 2 replicas', () => replicas() === 2);
  const answered = stage.prometheus.calls.length;
  stage.prometheus.holdUntil(
    new Promise((resolve) => {
      release = resolve;
    }),
  );
  stage.docker.state.scaleService('web', 1);
  fire({ cooldown: '0s' });
  await executor.post('/', aWebhook(alertLabels('web')));
  await eventually('Prometheus is asked', () => stage.prometheus.calls.length > answered);
  const stopped = executor[Symbol.asyncDispose]();
  release();
  await stopped;
  expect(replicas()).toBe(1);
});
