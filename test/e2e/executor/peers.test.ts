/**
 * What users of other autoscalers complain about in their issue threads, each as a test. The projects in brackets are
 * those where the complaint stands.
 */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { eventually } from '../../eventually.ts';
import { alertLabels, aWebhook, type RunningExecutor, type Stage, setStage } from './start-executor.ts';

type Texts = Readonly<Record<string, string>>;

let stage: Stage;
beforeEach(async () => {
  stage = await setStage();
});
afterEach(async () => {
  await stage[Symbol.asyncDispose]();
});

const web = (replicas: number, labels: Texts = {}): void =>
  void stage.docker.state.createService({ name: 'web', replicas, labels });
const replicas = (): number => stage.docker.state.replicas('web');
const updates = (): number => stage.docker.callsTo(/\/update$/);
const fire = (
  alert: 'overloaded' | 'underloaded' | 'out_of_bounds',
  value: string,
  annotations: Texts = {},
) => stage.prometheus.setAlerts([{ labels: alertLabels('web', alert), annotations, value }]);
const wake = (executor: RunningExecutor): Promise<Response> =>
  executor.post('/', aWebhook(alertLabels('web')));
const reasons = async (executor: RunningExecutor): Promise<readonly string[]> =>
  (await executor.decisions('docker/web')).map(({ reason }) => reason);
const verdict = (executor: RunningExecutor, reason: string): Promise<boolean> =>
  eventually(`the verdict is ${reason}`, async () => (await reasons(executor)).at(-1) === reason);
const become = (count: number): Promise<boolean> =>
  eventually(`${count} replicas`, () => replicas() === count);

test('a deploy resets the replicas that the autoscaler has set (docker/cli)', async () => {
  const KEPT = { 'micado.keep': 'true' };
  web(2, KEPT);
  fire('overloaded', '9e+01', { step: '4' });
  await using executor = await stage.startExecutor();
  await become(6);
  stage.prometheus.setAlerts([]);
  stage.docker.state.changeService('web', (spec) => ({
    ...spec,
    Labels: KEPT,
    Mode: { Replicated: { Replicas: 2 } },
  }));
  await become(6);
  await verdict(executor, 'kept');
});

test('two updates at once end in "update out of sequence" (moby, traefik-ondemand-service)', async () => {
  web(2);
  stage.docker.before(/\/update$/, () =>
    stage.docker.state.changeService('web', (spec) => ({ ...spec, Labels: { theirs: 'kept' } })),
  );
  fire('overloaded', '9e+01');
  await using executor = await stage.startExecutor();
  await become(3);
  expect(stage.docker.state.service('web').Spec.Labels).toMatchObject({ theirs: 'kept' });
  expect(await reasons(executor)).not.toContain('docker_away');
});

describe('no data is taken for zero, and the service goes to its minimum at the peak (KEDA)', () => {
  test('Prometheus is away, starting, or lists no alert', async () => {
    web(8);
    await using executor = await stage.startExecutor();
    await wake(executor);
    await verdict(executor, 'not_firing');
    stage.prometheus.setReady(false);
    await wake(executor);
    await verdict(executor, 'prometheus_away');
    await stage.prometheus.stop();
    await wake(executor);
    expect([replicas(), updates()]).toEqual([8, 0]);
  });

  test.each(['NaN', '+Inf', '-1', ''])('the value of a query is "%s"', async (value) => {
    web(8);
    const query = { strategy: 'target', target: '10', metric: 'query', min: '0' };
    fire('underloaded', value, query);
    await using executor = await stage.startExecutor();
    await verdict(executor, 'bad_value');
    expect([replicas(), updates()]).toEqual([8, 0]);
  });
});

test('a pair of Alertmanagers, and retries after an outage, send everything many times (Alertmanager)', async () => {
  web(1);
  fire('overloaded', '9e+01');
  await using executor = await stage.startExecutor();
  const webhook = aWebhook({ ...alertLabels('web'), prometheus_replica: 'a' });
  const twin = aWebhook({ ...alertLabels('web'), prometheus_replica: 'b' });
  await Promise.all(Array.from({ length: 20 }, (_, n) => executor.post('/', n % 2 === 0 ? webhook : twin)));
  await verdict(executor, 'cooldown');
  expect([replicas(), updates()]).toEqual([2, 1]);
});

test('up and down need cool-downs of their own (nomad-autoscaler, swarmpit)', async () => {
  web(2);
  fire('overloaded', '9e+01', { cooldown: '0s' });
  await using executor = await stage.startExecutor();
  await become(3);
  fire('underloaded', '1e+00', { cooldown: '1h' });
  await wake(executor);
  await verdict(executor, 'cooldown');
  expect(replicas()).toBe(3);
  fire('underloaded', '1e+00', { cooldown: '0s', step: '5' });
  await wake(executor);
  await become(1);
});

test.each<readonly [why: string, arrange: () => void | Promise<void>, reason: string, change: RegExp]>([
  ['nothing fires', () => {}, 'not_firing', /alert of the target fires/],
  ['it is at its maximum', () => fire('overloaded', '9e+01', { max: '2' }), 'at_max', /micado\.max/],
  ['an operator has opted out', () => optOut(), 'opted_out', /set to true/],
  ['somebody has silenced it', () => silence(), 'silenced', /silence expires/],
  ['its rolling update hangs', () => hang(), 'updating', /update or rollback ends/],
])(
  'it does not scale and nobody says why (orbiter, docker-flow-monitor): %s',
  async (_why, arrange, reason, change) => {
    web(2);
    await arrange();
    await using executor = await stage.startExecutor();
    const explained = await executor.getJson<{ now: { reason: string; sentence: string }; to_act: string }>(
      '/api/v1/targets/docker/web/explain',
    );
    expect(explained.now.reason).toBe(reason);
    expect(explained.now.sentence).not.toBe('');
    expect(explained.to_act).toMatch(change);
  },
);

function optOut(): void {
  stage.docker.state.changeService('web', (spec) => ({ ...spec, Labels: { 'micado.scale': 'false' } }));
}
function silence(): void {
  fire('overloaded', '9e+01');
  stage.alertmanager.silence({ application: 'web' });
}
function hang(): void {
  fire('overloaded', '9e+01');
  stage.docker.state.setUpdateState('web', 'paused');
}

test('while the receiver was down its webhook is retried, 200 times in ten minutes (Alertmanager)', async () => {
  web(1);
  fire('overloaded', '9e+01');
  await using executor = await stage.startExecutor();
  await become(2);
  const asked = stage.docker.callsTo('/services');
  const answers = await Promise.all(Array.from({ length: 200 }, () => wake(executor)));
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
  await verdict(executor, 'cooldown');
  expect(updates()).toBe(1);
  expect(stage.docker.callsTo('/services') - asked).toBeLessThan(100);
}, 30_000);

test('one cool-down sees two actions, and tasks are restarted for nothing (nomad-autoscaler)', async () => {
  web(2);
  const before = stage.docker.state.service('web').Spec;
  fire('overloaded', '9e+01', { cooldown: '1h' });
  {
    await using first = await stage.startExecutor();
    await verdict(first, 'cooldown');
  }
  await using again = await stage.startExecutor();
  await wake(again);
  await eventually('it was looked at again', async () =>
    (await again.getJson<{ targets: { last_look: unknown }[] }>('/api/v1/targets')).targets.some(
      ({ last_look: look }) => look !== null,
    ),
  );
  expect([replicas(), updates()]).toEqual([3, 1]);
  expect(stage.docker.state.service('web').Spec.TaskTemplate).toEqual(before.TaskTemplate);
});

describe('it flaps around the threshold (Kubernetes, kube-aws-autoscaler)', () => {
  test('a step down is not taken that would call for the step up again', async () => {
    web(2);
    fire('underloaded', '4.5e+01', { scaleup: '80', cooldown: '0s' });
    await using executor = await stage.startExecutor();
    await verdict(executor, 'would_flap');
    expect(updates()).toBe(0);
  });

  test('alerts that change all the time lead to one action in a cool-down', async () => {
    web(4);
    fire('overloaded', '1e+00');
    await using executor = await stage.startExecutor();
    await become(5);
    for (let round = 0; round < 20; round += 1) {
      fire(round % 2 === 0 ? 'overloaded' : 'underloaded', '1e+00');
      await wake(executor);
    }
    await verdict(executor, 'cooldown');
    expect(updates()).toBe(1);
  });
});

test('labels of containers are wrong or missing on Swarm (cAdvisor)', async () => {
  web(1);
  const labels = {
    ...alertLabels('web'),
    container_label_com_docker_swarm_service_name: 'something-else',
    id: '/docker/0123',
    name: '',
  };
  stage.prometheus.setAlerts([{ labels }]);
  await using executor = await stage.startExecutor();
  await become(2);
  expect(await reasons(executor)).toContain('overloaded');
});

test('what is to be done should follow from the labels of the alert (prometheus-am-executor)', async () => {
  web(1);
  stage.docker.state.createService({ name: 'api', replicas: 3 });
  stage.prometheus.setAlerts([
    { labels: alertLabels('web') },
    { labels: { ...alertLabels('web'), alert: 'at_max', severity: 'warning' } },
    { labels: alertLabels('api', 'underloaded'), value: '1e+00', annotations: { cooldown: '0s', min: '2' } },
    { labels: { alertname: 'web_oom', application: 'web', severity: 'page' } },
  ]);
  await using executor = await stage.startExecutor();
  await become(2);
  await eventually('api has 2 replicas', () => stage.docker.state.replicas('api') === 2);
  await verdict(executor, 'cooldown');
  expect(updates()).toBe(2);
});

describe('a scale by hand fights the autoscaler, and nobody knows who is master (Kapacitor)', () => {
  test('within the bounds the hand is, and both cool-downs begin', async () => {
    web(2);
    stage.docker.state.scaleService('web', 5);
    for (const alert of ['overloaded', 'underloaded'] as const) {
      fire(alert, '1e+00');
      await using executor = await stage.startExecutor();
      await verdict(executor, 'cooldown');
    }
    expect([replicas(), updates()]).toEqual([5, 0]);
  });

  test('outside of them the bounds are, and both are in the journal', async () => {
    web(2);
    fire('overloaded', '9e+01', { max: '4' });
    await using executor = await stage.startExecutor();
    await become(3);
    fire('out_of_bounds', '9e+00', { min: '1', max: '4' });
    stage.docker.state.scaleService('web', 9);
    await become(4);
    await verdict(executor, 'out_of_bounds');
    expect(await reasons(executor)).toContain('scaled_by_others');
  });
});

describe('what runs already is scaled to zero at once when it is adopted (KEDA http-add-on)', () => {
  const idle = { strategy: 'target', target: '10', metric: 'query', min: '0' };

  test('it goes to 1 first, and to 0 only after a cool-down', async () => {
    web(6);
    fire('underloaded', '0', { ...idle, cooldown: '500ms' });
    await using executor = await stage.startExecutor();
    await become(0);
    const scales = (await executor.decisions('docker/web')).filter(({ kind }) => kind === 'scale');
    expect(scales.map(({ from, to }) => [from, to])).toEqual([
      [6, 1],
      [1, 0],
    ]);
  });

  test('and nothing is made smaller that has only just been created', async () => {
    web(6);
    fire('underloaded', '0', { ...idle, cooldown: '1h' });
    await using executor = await stage.startExecutor();
    await verdict(executor, 'cooldown');
    expect([replicas(), updates()]).toEqual([6, 0]);
  });
});

test('a dry run leaves traces: a cool-down, a changed service (nomad-autoscaler)', async () => {
  web(2);
  fire('overloaded', '9e+01', { cooldown: '1h' });
  const before = stage.docker.state.service('web');
  {
    await using dry = await stage.startExecutor('--dry-run');
    await verdict(dry, 'dry_run');
    expect((await dry.decisions('docker/web'))[0]).toMatchObject({
      would: { from: 2, to: 3 },
      inputs: { alerts: [{ name: 'web_overloaded' }] },
    });
  }
  expect([stage.docker.state.service('web'), updates()]).toEqual([before, 0]);
  await using executor = await stage.startExecutor();
  await become(3);
  expect(await reasons(executor)).toContain('overloaded');
});
