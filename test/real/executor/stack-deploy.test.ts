/** `docker stack deploy` and `docker service scale` as people type them: the one is undone where asked for, the other stands. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startEngine } from '../../cluster/cluster.ts';
import { run } from '../../cluster/command.ts';
import type { Engine } from '../../cluster/engine.ts';
import { loadBusybox } from '../../cluster/images.ts';
import {
  alertLabels,
  aWebhook,
  type RunningExecutor,
  startRunningExecutor,
  writeWebConfig,
} from '../../e2e/executor/start-executor.ts';
import { eventually } from '../../eventually.ts';
import { type AlertingPrometheus, startAlertingPrometheus } from '../../fakes/alerting-prometheus.ts';
import { aTempFolder } from '../../temp-folder.ts';
import { createService, replicasOf, serviceNamed, waitForRunning } from '../support/services.ts';

const SERVICES = ['shop_kept', 'shop_plain'] as const;

let engine: Engine;
let prometheus: AlertingPrometheus;
let executor: RunningExecutor;
let image: string;

beforeAll(async () => {
  [engine, prometheus] = await Promise.all([startEngine(), startAlertingPrometheus()]);
  image = await loadBusybox(engine);
  const folder = aTempFolder();
  executor = await startRunningExecutor([
    '--web.listen-address=127.0.0.1:0',
    `--docker.host=${engine.dockerHost}`,
    `--prometheus.url=${prometheus.url}`,
    '--alertmanager.url=',
    `--web.config.file=${await writeWebConfig(folder)}`,
    `--journal.file=${join(folder, 'journal')}`,
    // Nothing but Docker's events wakes it.
    '--poll.interval=1h',
  ]);
}, 120_000);
afterAll(async () => {
  await executor?.[Symbol.asyncDispose]();
  await prometheus?.[Symbol.asyncDispose]();
  await engine?.[Symbol.asyncDispose]();
}, 60_000);

const docker = (...args: readonly string[]): Promise<string> =>
  run('docker', ['-H', engine.dockerHost, ...args]);

async function deploy(version: string): Promise<void> {
  const service = (labels: object) => ({
    image,
    stop_grace_period: '1s',
    command: ['sleep', '1d'],
    environment: { VERSION: version },
    networks: ['hostnet'],
    deploy: { replicas: 1, labels },
  });
  const file = join(aTempFolder(), 'stack.yml');
  // JSON is YAML.
  const stack = {
    version: '3.8',
    networks: { hostnet: { external: true, name: 'host' } },
    services: { kept: service({ 'micado.keep': 'true' }), plain: service({}) },
  };
  writeFileSync(file, JSON.stringify(stack));
  await docker('stack', 'deploy', '--resolve-image', 'never', '-c', file, 'shop');
}

const becomes = (name: string, replicas: number): Promise<boolean> =>
  eventually(`${name} has ${replicas} replicas`, async () => (await replicasOf(engine, name)) === replicas, {
    withinMs: 30_000,
  });
const story = async (name: string): Promise<readonly string[]> =>
  (await executor.decisions(`docker/${name}`))
    .filter(({ from }) => from !== undefined)
    .map(({ reason, from, to }) => `${reason} ${String(from)} → ${String(to)}`);
const journalled = (name: string, entry: string): Promise<boolean> =>
  eventually(`${name}: ${entry}`, async () => (await story(name)).at(-1) === entry, { withinMs: 30_000 });

test('a deploy resets what was scaled; the service with micado.keep gets it back, when its rolling update is over', async () => {
  await deploy('1');
  for (const name of SERVICES) await waitForRunning(engine, name, 1);
  prometheus.setAlerts(
    SERVICES.map((name) => ({ labels: alertLabels(name), annotations: { step: '2' }, value: '9e+01' })),
  );
  for (const name of SERVICES) await executor.post('/', aWebhook(alertLabels(name)));
  for (const name of SERVICES) await becomes(name, 3);
  for (const name of SERVICES) await waitForRunning(engine, name, 3);
  prometheus.setAlerts([]);

  await deploy('2');
  await journalled('shop_kept', 'kept 1 → 3');
  await journalled('shop_plain', 'reset_by_deploy 3 → 1');
  expect(await story('shop_kept')).toEqual(['overloaded 1 → 3', 'reset_by_deploy 3 → 1', 'kept 1 → 3']);
  expect(await replicasOf(engine, 'shop_plain')).toBe(1);
  await waitForRunning(engine, 'shop_kept', 3);
}, 120_000);

test('a scale by hand stands', async () => {
  await docker('service', 'scale', '--detach', 'shop_kept=2');
  await journalled('shop_kept', 'scaled_by_others 3 → 2');
  expect(await replicasOf(engine, 'shop_kept')).toBe(2);
  expect((await serviceNamed(engine, 'shop_kept')).labels['micado.state.replicas']).toBe('3');
}, 60_000);

test('so does a rollback to before the first scale, which takes the labels away as well', async () => {
  await createService(engine, { name: 'fresh', image, labels: { 'micado.keep': 'true' } });
  await waitForRunning(engine, 'fresh', 1);
  prometheus.setAlerts([{ labels: alertLabels('fresh') }]);
  await executor.post('/', aWebhook(alertLabels('fresh')));
  await becomes('fresh', 2);
  prometheus.setAlerts([]);
  await docker('service', 'rollback', '--detach', 'fresh');
  await journalled('fresh', 'scaled_by_others 2 → 1');
  expect((await serviceNamed(engine, 'fresh')).labels).toEqual({ 'micado.keep': 'true' });
  expect(await replicasOf(engine, 'fresh')).toBe(1);
}, 60_000);
