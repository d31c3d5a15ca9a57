/** What labels ask for beside deciding rules, in a whole stack: operational alerts, own alerts, schedules. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startEngine } from '../../cluster/cluster.ts';
import type { Engine } from '../../cluster/engine.ts';
import { loadBusybox } from '../../cluster/images.ts';
import { eventually } from '../../eventually.ts';
import { decisionsOf, type PrometheusAlert, prometheusAlerts } from '../support/apis.ts';
import { createService, replicasOf, waitForRunning } from '../support/services.ts';
import { type Stack, startStack } from '../support/stack.ts';

let engine: Engine;
let stack: Stack;
let image: string;

beforeAll(async () => {
  engine = await startEngine();
  image = await loadBusybox(engine);
  stack = await startStack(engine);
}, 120_000);

afterAll(async () => {
  await stack?.[Symbol.asyncDispose]();
  await engine?.[Symbol.asyncDispose]();
});

const alertOf = async (name: string, labels: Readonly<Record<string, string>>) =>
  (await prometheusAlerts(stack.url.prometheus)).find(
    (alert) =>
      alert.labels['alertname'] === name &&
      Object.entries(labels).every(([key, value]) => alert.labels[key] === value),
  );
const untilThere = (name: string, labels: Readonly<Record<string, string>>): Promise<PrometheusAlert> =>
  eventually(`${name} of ${JSON.stringify(labels)}`, () => alertOf(name, labels), { withinMs: 60_000 });

const CRASHING = ['sh', '-c', 'sleep 2; exit 1'];
const EATING = ['sh', '-c', 'sleep 3; tail /dev/zero'];

describe('people are told', () => {
  test('of a task that restarts and of replicas that are missing, and not where that is switched off', async () => {
    await createService(engine, { name: 'crash', image, command: CRASHING });
    await createService(engine, {
      name: 'quiet',
      image,
      command: CRASHING,
      labels: { 'micado.rules': '-restarts,-replicas' },
    });
    await createService(engine, { name: 'stuck', image: 'micado-test/nowhere:1', replicas: 2 });
    const restarting = await untilThere('tasks_restarting', { application: 'crash' });
    expect(restarting.labels).toEqual({
      alertname: 'tasks_restarting',
      alert: 'tasks_restarting',
      severity: 'warning',
      application: 'crash',
      task: 'crash.1',
    });
    expect(restarting.annotations['command']).toBe('docker service logs --tail 50 crash');
    const missing = await untilThere('replicas_missing', { application: 'stuck' });
    expect(missing.annotations['summary']).toBe('stuck has lacked replicas for 5 minutes, 2 now');
    // A container may be scraped before the switch is: that is why such alerts wait for minutes.
    for (const name of ['tasks_restarting', 'replicas_missing'])
      await eventually(
        `${name} is off`,
        async () => (await alertOf(name, { application: 'quiet' })) === undefined && true,
      );
    expect(await alertOf('tasks_restarting', { application: 'crash' })).toBeDefined();
  }, 120_000);

  test('of OOM kills that end their container', async () => {
    await createService(engine, { name: 'eater', image, command: EATING, memoryLimitBytes: 16 * 2 ** 20 });
    const killed = await untilThere('oom_killed', { application: 'eater' });
    expect(killed.state).toBe('firing');
    expect(killed.annotations['summary']).toMatch(/^eater had processes killed .*: \d+$/);
  }, 120_000);

  test('of rules that do not follow what was asked for, while the others do', async () => {
    await createService(engine, {
      name: 'bad',
      image,
      command: ['sleep', '1000'],
      labels: { 'micado.maxx': '3' },
    });
    const quarantined = await untilThere('micado_rule_quarantined', { file: 'service-bad.yml' });
    expect(quarantined.annotations['summary']).toBe('service-bad.yml does not follow what was asked for');
  }, 120_000);
});

test('an alert of the user’s own fires, and the executor takes no notice of it', async () => {
  await createService(engine, {
    name: 'web',
    image,
    command: ['sleep', '1000'],
    labels: {
      'micado.alert.here.expr':
        'label_replace(swarm_service_replicas_desired{service_name="{{service}}"}, "type", "docker", "", "") > 0',
      'micado.alert.here.summary': '{{service}} wants {{ $value }}',
      'micado.alert.here.severity': 'info',
    },
  });
  const here = await untilThere('web_here', { application: 'web' });
  expect(here).toMatchObject({
    state: 'firing',
    labels: { alert: 'custom', type: 'docker', severity: 'info' },
    annotations: { summary: 'web wants 1' },
  });
  expect(await decisionsOf(stack.url.executor, 'docker/web')).toEqual([]);
}, 120_000);

test('a schedule changes the bounds at its minute, and the replicas follow', async () => {
  await waitForRunning(engine, 'web', 1);
  const begins = new Date(Date.now() + 75_000);
  const cron = `${begins.getUTCMinutes()} ${begins.getUTCHours()} * * *`;
  const beginsMs = Math.floor(begins.getTime() / 60_000) * 60_000;
  await createService(engine, {
    name: 'shop',
    image,
    command: ['sleep', '1000'],
    labels: { 'micado.schedule.rush': `${cron}; 10m; min=2,max=4` },
  });
  await waitForRunning(engine, 'shop', 1);
  await eventually('two replicas', async () => (await replicasOf(engine, 'shop')) === 2, {
    withinMs: 120_000,
  });
  const lateMs = Date.now() - beginsMs;
  expect(lateMs).toBeGreaterThan(0);
  expect(lateMs).toBeLessThan(15_000);
  const [decision] = await decisionsOf(stack.url.executor, 'docker/shop');
  expect(decision).toMatchObject({ kind: 'scale', from: 1, to: 2 });
}, 180_000);
