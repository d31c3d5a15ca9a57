/** What others do to replicas is in the journal, and undone where the service asks for it. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { eventually } from '../../eventually.ts';
import { alertLabels, aWebhook, type RunningExecutor, type Stage, setStage } from './start-executor.ts';

const KEPT = { 'micado.keep': 'true' };
let stage: Stage;
beforeEach(async () => {
  stage = await setStage();
});
afterEach(async () => {
  await stage[Symbol.asyncDispose]();
});

const replicas = (): number => stage.docker.state.replicas('web');
const fire = (): void => stage.prometheus.setAlerts([{ labels: alertLabels('web'), value: '9.5e+01' }]);
const story = async (executor: RunningExecutor): Promise<readonly string[]> =>
  (await executor.decisions('docker/web'))
    .filter(({ from }) => from !== undefined)
    .map(({ kind, reason, from, to }) => `${String(kind)} ${reason} ${String(from)} → ${String(to)}`);
/** As `docker stack deploy` does: the replicas and the labels of its file, and nothing else. */
const deploy = (count: number, labels: Readonly<Record<string, string>>): void =>
  void stage.docker.state.changeService('web', (spec) => ({
    ...spec,
    Labels: labels,
    Mode: { Replicated: { Replicas: count } },
  }));
async function scaledOnce(labels: Readonly<Record<string, string>>): Promise<RunningExecutor> {
  stage.docker.state.createService({ name: 'web', replicas: 4, labels });
  fire();
  const executor = await stage.startExecutor();
  await eventually('5 replicas', () => replicas() === 5);
  stage.prometheus.setAlerts([]);
  return executor;
}

describe('a deploy', () => {
  test('is undone at once for a service with micado.keep, and both are in the journal', async () => {
    await using executor = await scaledOnce(KEPT);
    deploy(2, KEPT);
    await eventually('5 replicas again', () => replicas() === 5);
    await eventually('it is in the journal', async () => (await story(executor)).length === 3);
    expect(await story(executor)).toEqual([
      'scale overloaded 4 → 5',
      'outside reset_by_deploy 5 → 2',
      'scale kept 2 → 5',
    ]);
  });

  test('while the executor is away, and another one after it, is undone from the journal', async () => {
    await (await scaledOnce(KEPT))[Symbol.asyncDispose]();
    deploy(2, KEPT);
    deploy(2, { ...KEPT, version: '2' });
    await using executor = await stage.startExecutor();
    await eventually('5 replicas again', () => replicas() === 5);
    expect(stage.docker.state.service('web').Spec.Labels).toMatchObject({ version: '2' });
    expect(await story(executor)).toContain('outside reset_by_deploy 5 → 2');
  });

  test('is undone from the journal although Docker was away when the executor came back', async () => {
    await (await scaledOnce(KEPT))[Symbol.asyncDispose]();
    deploy(2, KEPT);
    deploy(2, { ...KEPT, version: '2' });
    await stage.docker.pause();
    fire();
    await using executor = await stage.startExecutor();
    await eventually('it has looked', async () =>
      (await executor.decisions('docker/web')).some(({ reason }) => reason === 'docker_away'),
    );
    stage.prometheus.setAlerts([]);
    await stage.docker.resume();
    await eventually('5 replicas again', () => replicas() === 5);
  });

  test('stands for a service that has not asked for more, and is in the journal', async () => {
    await using executor = await scaledOnce({});
    deploy(2, {});
    await eventually('it is in the journal', async () =>
      (await story(executor)).includes('outside reset_by_deploy 5 → 2'),
    );
    expect(replicas()).toBe(2);
  });
});

test('a scale by hand stands, with micado.keep too, and is in the journal', async () => {
  await using executor = await scaledOnce(KEPT);
  stage.docker.state.scaleService('web', 7);
  await eventually('it is in the journal', async () =>
    (await story(executor)).includes('outside scaled_by_others 5 → 7'),
  );
  expect(replicas()).toBe(7);
});

test('a target that nobody scales is not looked at for its updates', async () => {
  stage.docker.state.createService({ name: 'web', replicas: 1 });
  await using executor = await stage.startExecutor();
  stage.docker.state.scaleService('web', 3);
  stage.docker.state.createService({ name: 'api' });
  stage.prometheus.setAlerts([{ labels: alertLabels('api') }]);
  await executor.post('/', aWebhook(alertLabels('api')));
  await eventually('api was looked at', async () => (await executor.decisions('docker/api')).length > 0);
  expect(await executor.decisions('docker/web')).toEqual([]);
});
