/** The executor needs nothing but alerts: a rule written by hand scales a real service, and a silence stops that. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startEngine } from '../../cluster/cluster.ts';
import type { Engine } from '../../cluster/engine.ts';
import { loadBusybox } from '../../cluster/images.ts';
import { type RealPrometheus, startRealPrometheus } from '../../contract/rulegen/real-prometheus.ts';
import { type RunningExecutor, startRunningExecutor } from '../../e2e/executor/start-executor.ts';
import { eventually } from '../../eventually.ts';
import { type RealAlertmanager, startRealAlertmanager } from '../support/real-alertmanager.ts';
import {
  createService,
  replicasOf,
  serviceNamed,
  updateService,
  waitForRunning,
} from '../support/services.ts';

let engine: Engine;
let prometheus: RealPrometheus;
let alertmanager: RealAlertmanager;
let executor: RunningExecutor;

beforeAll(async () => {
  [engine, prometheus, alertmanager] = await Promise.all([
    startEngine(),
    startRealPrometheus(),
    startRealAlertmanager(),
  ]);
  const image = await loadBusybox(engine);
  await createService(engine, { name: 'web', image, replicas: 1, labels: { 'com.example.team': 'a' } });
  await waitForRunning(engine, 'web', 1);
  executor = await startRunningExecutor([
    '--web.listen-address=127.0.0.1:0',
    `--docker.host=${engine.dockerHost}`,
    `--prometheus.url=${prometheus.url}`,
    `--alertmanager.url=${alertmanager.url}`,
    '--poll.interval=500ms',
  ]);
}, 120_000);
afterAll(async () => {
  await executor?.[Symbol.asyncDispose]();
  await alertmanager?.[Symbol.asyncDispose]();
  await prometheus?.[Symbol.asyncDispose]();
  await engine?.[Symbol.asyncDispose]();
}, 60_000);

async function fire(alert: 'overloaded' | 'underloaded', percent: number): Promise<void> {
  const rule = {
    alert: `web_${alert}`,
    expr: `vector(${percent})`,
    labels: { alert, type: 'docker', application: 'web' },
    annotations: { min: '1', max: '3', cooldown: '1s' },
  };
  const file = JSON.stringify({ groups: [{ name: 'by-hand', interval: '1s', rules: [rule] }] });
  writeFileSync(join(prometheus.rulesDir, 'by-hand.yml'), file);
  await fetch(`${prometheus.url}/-/reload`, { method: 'POST' });
}

const becomes = (replicas: number): Promise<boolean> =>
  eventually(`web has ${replicas} replicas`, async () => (await replicasOf(engine, 'web')) === replicas, {
    withinMs: 30_000,
  });
const verdict = (reason: string): Promise<boolean> =>
  eventually(`the verdict is ${reason}`, async () => {
    const decisions = await executor.decisions('docker/web');
    return decisions.at(-1)?.reason === reason;
  });
const firstTask = async (): Promise<unknown> => {
  const filters = JSON.stringify({ service: ['web'], 'desired-state': ['running'] });
  const tasks = (await engine.docker.listTasks({ filters })) as { ID: string; Slot: number }[];
  return tasks.find(({ Slot }) => Slot === 1)?.ID;
};

test('up to max, without a restart of the task that runs, and with the user’s labels kept', async () => {
  const before = await firstTask();
  await fire('overloaded', 95);
  await becomes(3);
  await verdict('at_max');
  expect(await firstTask()).toBe(before);
  expect((await serviceNamed(engine, 'web')).labels).toMatchObject({
    'com.example.team': 'a',
    'micado.state.direction': 'up',
    'micado.state.replicas': '3',
  });
}, 60_000);

test('not while a silence holds', async () => {
  await alertmanager.post('/api/v2/silences', {
    matchers: [{ name: 'application', value: 'web', isRegex: false }],
    startsAt: new Date(Date.now() - 1_000).toISOString(),
    endsAt: new Date(Date.now() + 8_000).toISOString(),
    createdBy: 'test',
    comment: 'test',
  });
  await fire('underloaded', 5);
  await verdict('silenced');
  expect(await replicasOf(engine, 'web')).toBe(3);
}, 60_000);

test('down to min when the silence is over', async () => {
  await becomes(1);
  await verdict('at_min');
}, 60_000);

test('not back up when a person switched it off', async () => {
  await updateService(engine, 'web', { replicas: 0 });
  await fire('overloaded', 95);
  await verdict('stopped_by_operator');
  expect(await replicasOf(engine, 'web')).toBe(0);
}, 60_000);
