/** From the alert to the replicas, through a whole executor. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { STATE_LABEL } from '../../../internal/contract/labels.ts';
import { eventually } from '../../eventually.ts';
import { alertLabels, aWebhook, type RunningExecutor, type Stage, setStage } from './start-executor.ts';

let stage: Stage;
beforeEach(async () => {
  stage = await setStage();
});
afterEach(async () => {
  await stage[Symbol.asyncDispose]();
});

type Annotations = Readonly<Record<string, string>>;
const fire = (annotations: Annotations = {}, alert = 'overloaded', value = '9.5e+01'): void =>
  stage.prometheus.setAlerts([{ labels: alertLabels('web', alert), annotations, value }]);
const replicas = (): number => stage.docker.state.replicas('web');
const wake = (executor: RunningExecutor): Promise<Response> =>
  executor.post('/', aWebhook(alertLabels('web')));
const verdicts = async (executor: RunningExecutor): Promise<readonly string[]> =>
  (await executor.decisions('docker/web')).map(({ reason }) => reason);
const verdict = (executor: RunningExecutor, reason: string): Promise<boolean> =>
  eventually(`the verdict is ${reason}`, async () => (await verdicts(executor)).at(-1) === reason);
const updates = (): number => stage.docker.callsTo(/\/update$/);

describe('a webhook', () => {
  test('leads to one more replica, with the state labels beside it', async () => {
    stage.docker.state.createService({ name: 'web', replicas: 2, labels: { team: 'a' } });
    await using executor = await stage.startExecutor();
    fire();
    await wake(executor);
    await eventually('the service has 3 replicas', () => replicas() === 3);
    expect(stage.docker.state.service('web').Spec.Labels).toEqual({
      team: 'a',
      [STATE_LABEL.at]: expect.stringMatching(/^\d{4}-.*Z$/),
      [STATE_LABEL.direction]: 'up',
      [STATE_LABEL.replicas]: '3',
    });
    expect((await executor.decisions('docker/web'))[0]).toMatchObject({
      kind: 'scale',
      reason: 'overloaded',
      from: 2,
      to: 3,
      direction: 'up',
      clamps: [],
      inputs: { replicas: 2, running: 2, alerts: [{ name: 'web_overloaded', value: 95, min: 1, max: 10 }] },
    });
  });

  test('twice, or from two Alertmanagers, leads to one action only', async () => {
    stage.docker.state.createService({ name: 'web' });
    await using executor = await stage.startExecutor();
    fire();
    await Promise.all([wake(executor), wake(executor), wake(executor)]);
    await wake(executor);
    await verdict(executor, 'cooldown');
    expect([replicas(), updates()]).toEqual([2, 1]);
  });

  test('that is forged leads to none', async () => {
    stage.docker.state.createService({ name: 'web' });
    await using executor = await stage.startExecutor();
    await wake(executor);
    await verdict(executor, 'not_firing');
    expect([replicas(), updates()]).toEqual([1, 0]);
  });

  test('for a service removed and created anew leads to none', async () => {
    const { ID } = stage.docker.state.createService({ name: 'web' });
    stage.docker.state.removeService('web');
    stage.docker.state.createService({ name: 'web' });
    await using executor = await stage.startExecutor();
    fire({ service_id: ID });
    await wake(executor);
    await verdict(executor, 'service_recreated');
    expect([replicas(), updates()]).toEqual([1, 0]);
  });
});

describe('without any webhook', () => {
  test('the poll finds what fires', async () => {
    stage.docker.state.createService({ name: 'web' });
    fire();
    await using executor = await stage.startExecutor();
    await eventually('the service has 2 replicas', () => replicas() === 2);
    expect(await verdicts(executor)).toContain('overloaded');
  });

  test('the executor goes on by its own timer while the alert fires, up to max', async () => {
    stage.docker.state.createService({ name: 'web' });
    fire({ cooldown: '100ms', max: '3' });
    await using executor = await stage.startExecutor();
    await verdict(executor, 'at_max');
    expect(replicas()).toBe(3);
  });

  test('it comes down to min', async () => {
    stage.docker.state.createService({ name: 'web', replicas: 3 });
    fire({ cooldown: '100ms', min: '1', scaleup: '80' }, 'underloaded', '5e+00');
    await using executor = await stage.startExecutor();
    await verdict(executor, 'at_min');
    expect(replicas()).toBe(1);
  });

  test('POST /-/reload looks again at once', async () => {
    stage.docker.state.createService({ name: 'web' });
    await using executor = await stage.startExecutor();
    fire();
    expect((await executor.post('/-/reload', '')).status).toBe(200);
    await eventually('the service has 2 replicas', () => replicas() === 2);
  });
});

describe('what others do', () => {
  test('an update in between is kept, and the decision made again on it', async () => {
    stage.docker.state.createService({ name: 'web', replicas: 2 });
    stage.docker.before(/\/update$/, () =>
      stage.docker.state.changeService('web', (spec) => ({ ...spec, Labels: { added: 'meanwhile' } })),
    );
    await using executor = await stage.startExecutor();
    fire();
    await wake(executor);
    await eventually('the service has 3 replicas', () => replicas() === 3);
    expect(stage.docker.state.service('web').Spec.Labels).toMatchObject({ added: 'meanwhile' });
    expect(await (await executor.get('/metrics')).text()).toContain('micado_executor_conflicts_total 1');
  });

  test('a scale in between starts the cool-down instead of being overwritten', async () => {
    stage.docker.state.createService({ name: 'web', replicas: 2 });
    stage.docker.before(/\/update$/, () => stage.docker.state.scaleService('web', 7));
    await using executor = await stage.startExecutor();
    fire();
    await wake(executor);
    await verdict(executor, 'cooldown');
    expect(replicas()).toBe(7);
  });

  test('a service that a person set to 0 stays at 0', async () => {
    stage.docker.state.createService({ name: 'web', replicas: 2 });
    stage.docker.state.scaleService('web', 0);
    await using executor = await stage.startExecutor();
    fire();
    await wake(executor);
    await verdict(executor, 'stopped_by_operator');
    expect([replicas(), updates()]).toEqual([0, 0]);
  });

  test('a silence holds, and its end lets go', async () => {
    stage.docker.state.createService({ name: 'web' });
    stage.alertmanager.silence({ application: 'web' });
    await using executor = await stage.startExecutor();
    fire();
    await wake(executor);
    await verdict(executor, 'silenced');
    stage.alertmanager.clear();
    await wake(executor);
    await eventually('the service has 2 replicas', () => replicas() === 2);
  });
});

describe('tasks that', () => {
  test('start slowly hold back more, which come when they run', async () => {
    stage.docker.state.createService({ name: 'web', replicas: 2 });
    stage.docker.state.setTasks('web', { running: 1, starting: 1 });
    await using executor = await stage.startExecutor();
    fire();
    await wake(executor);
    await verdict(executor, 'starting');
    stage.docker.state.setTasks('web', { running: 2 });
    await eventually('the service has 3 replicas', () => replicas() === 3);
  });

  test('find no node hold back more', async () => {
    stage.docker.state.createService({ name: 'web', replicas: 2 });
    stage.docker.state.setTasks('web', {
      running: 1,
      pending: 1,
      pendingError: 'no suitable node (insufficient resources on 2 nodes)',
    });
    await using executor = await stage.startExecutor();
    fire();
    await wake(executor);
    await verdict(executor, 'pending_resources');
    expect(updates()).toBe(0);
  });
});

describe('a restart', () => {
  test('keeps the cool-down and the journal, and repeats no record', async () => {
    stage.docker.state.createService({ name: 'web' });
    fire();
    {
      await using executor = await stage.startExecutor();
      await verdict(executor, 'cooldown');
    }
    await using executor = await stage.startExecutor();
    await wake(executor);
    await eventually('it has looked', async () => {
      const { targets } = await executor.getJson<{ targets: { last_look: unknown }[] }>('/api/v1/targets');
      return targets[0] !== undefined && targets[0].last_look !== null;
    });
    expect(await verdicts(executor)).toEqual(['overloaded', 'cooldown']);
    expect([replicas(), updates()]).toEqual([2, 1]);
  });
});
