/**
 * The images, the compose file and the stack on a cluster of three nodes. Everything is made here, and no registry is asked.
 * Each test goes on where the one before it ended.
 */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { claimLeadership, resignLeadership } from '../../../deploy/adapters/docker-swarm.ts';
import type { Leader } from '../../../deploy/core/leadership.ts';
import { systemClock } from '../../../internal/daemon/clock.ts';
import type { Cluster } from '../../cluster/cluster.ts';
import { run } from '../../cluster/command.ts';
import { loadStress } from '../../cluster/images.ts';
import { eventually } from '../../eventually.ts';
import { createOpenParts } from '../../open-parts.ts';
import { decisionsOf, prometheusAlerts, ruleGroups } from '../support/apis.ts';
import { loadHaproxy } from '../support/haproxy-image.ts';
import { type Load, startLoad } from '../support/load.ts';
import { buildImages, copyImages, IMAGE_NAMES, imageTag } from '../support/micado-images.ts';
import { queryPrometheus } from '../support/prometheus-queries.ts';
import { removeService, replicasOf, waitForRunning } from '../support/services.ts';
import { loadStandIn, STAND_IN, standInTag } from '../support/stand-in-images.ts';
import { watchReplicas } from '../support/watch-replicas.ts';
import { seeReboot, seeWhoReachesOccopus, startCloudMaster } from './cloud-master.ts';
import { deployWithConsul, leftInSwarm, seeWhatConsulChanges } from './consul-stack.ts';
import {
  confinementOf,
  deployStack,
  docker,
  dockerFile,
  fetchOn,
  furnishMachine,
  scrapedOn,
  untilTasksRun,
} from './deployment.ts';
import { leaveKeepsakes } from './keepsakes.ts';
import { seeWhatProxyLetsPass } from './proxied-sockets.ts';
import { monitoring, openStage, STAGE_OPENS_WITHIN_MS, type Stage, stackTasks } from './stage.ts';

const [BEFORE, AFTER] = ['1.0.0', '1.0.1'];
const LABELS = {
  'micado.scale': 'true',
  'micado.max': '3',
  'micado.scaleup.cooldown': '5s',
  'micado.scaledown.for': '3s',
  'micado.scaledown.cooldown': '3s',
};
const CONFINED = {
  health: 'healthy',
  hasReadOnlyRoot: true,
  users: '65532 65532 65532 65532',
  capabilities: '0000000000000000',
};

/** Who runs `micado up` on the same Swarm. */
const OPERATOR: Leader = { stackId: 'up', host: 'desk', folder: '/home/ops', started: 'today' };

const NODE_EXPORTER_TASKS = { tasks: 3, image: standInTag(STAND_IN.nodeExporter) };

const parts = createOpenParts();
let stage: Stage;
let cluster: Cluster;
let load: Load;

beforeAll(async () => {
  stage = parts.use(await openStage(BEFORE));
  cluster = stage.cluster;
}, STAGE_OPENS_WITHIN_MS);
afterAll(async () => {
  await parts[Symbol.asyncDispose]();
}, 60_000);

const imageFacts = z.object({
  Config: z.object({
    Labels: z.record(z.string(), z.string()),
    Healthcheck: z.object({ Test: z.array(z.string()) }),
  }),
});

test.each(IMAGE_NAMES)('the image of %s says what it is, and how its health is seen', async (name) => {
  const image = await cluster.manager.docker.getImage(imageTag(name, BEFORE)).inspect();
  const { Labels: labels, Healthcheck: healthcheck } = imageFacts.parse(image).Config;
  expect(labels).toMatchObject({
    'org.opencontainers.image.title': 'micado',
    'org.opencontainers.image.version': BEFORE,
    'org.opencontainers.image.licenses': 'Apache-2.0',
  });
  expect(healthcheck.Test.at(-1)).toMatch(/\/-\/healthy$/);
});

test('an image that cannot leave root says what it lacks', async () => {
  const started = docker(cluster.manager, ['run', '--rm', '--cap-drop=ALL', imageTag('exporter', BEFORE)]);
  await expect(started).rejects.toThrow(/cannot become user 65532: .*SETUID and SETGID, or .*--user/);
});

test('a release holds the compose file with all that it reads, and the images for the workers', async () => {
  const { workers } = cluster;
  const archive = join(stage.folder, 'release.tar.gz');
  const images = [imageTag('exporter', BEFORE)];
  const { dockerHost } = cluster.manager;
  const options = { withinMs: 120_000, env: { DOCKER_HOST: dockerHost, GZIP: '-1' } };
  const printed = await run('sh', [dockerFile('make-release.sh'), archive, ...images], options);
  expect(printed.trim()).toBe((await run('sha256sum', [archive])).split(' ')[0]);
  const home = join(stage.folder, 'home');
  await run('mkdir', [home]);
  await run('tar', ['-xzf', archive, '-C', home], { withinMs: 60_000 });
  for (const mounted of readFileSync(join(home, 'compose.yaml'), 'utf8').matchAll(/\.\/(config\/[\w.-]+)/g))
    expect(existsSync(join(home, mounted[1] ?? ''))).toBe(true);
  for (const worker of workers)
    await docker(worker, ['load', '--quiet', '--input', join(home, 'images.tar')]);
  for (const worker of workers)
    expect(await docker(worker, ['image', 'inspect', ...images])).toContain(BEFORE);
}, 120_000);

test('on a drained master compose runs all parts with Occopus, and a service the exporters of the workers', async () => {
  const { manager, workers } = cluster;
  await docker(manager, ['node', 'update', '--availability', 'drain', manager.name]);
  const master = await startCloudMaster(stage, BEFORE);
  await deployStack(manager, 'micado-workers', [dockerFile('workers.stack.yaml')], stage.variables(BEFORE));
  const prometheus = 'http://127.0.0.1:9090';
  const expected = [
    'alertmanager:9093',
    'executor:9095',
    'exporter:9200',
    'localhost:9090',
    'rulegen:9096',
    ...workers.map(({ address }) => `${address}:9200`),
  ];
  const areScraped = async () => (await scrapedOn(manager, prometheus)).join() === expected.toSorted().join();
  await eventually('Prometheus scrapes them all', areScraped, { withinMs: 90_000, everyMs: 500 });
  for (const name of IMAGE_NAMES)
    await eventually(
      `${name} is healthy and confined`,
      async () =>
        expect(await confinementOf(manager, `com.docker.compose.service=${name}`)).toEqual(CONFINED) ?? true,
      { withinMs: 60_000, everyMs: 500 },
    );
  await expect(fetch(`${stage.url(9090)}/-/healthy`)).rejects.toThrow();
  await seeWhoReachesOccopus(master);

  await seeReboot(manager, master);
  await eventually('Prometheus scrapes them all again', areScraped, { withinMs: 90_000, everyMs: 500 });

  await master.down();
  await docker(manager, ['stack', 'rm', 'micado-workers']);
  await docker(manager, ['node', 'update', '--availability', 'active', manager.name]);
  await furnishMachine(manager);
}, 300_000);

const ruleFile = (): string => join(stage.volume('micado_rules'), 'service-web.yml');
const hasRules = async (): Promise<boolean> =>
  (await ruleGroups(stage.url(9090))).some(({ name }) => name === 'service-web');

describe('the stack, behind nothing and then behind a socket proxy', () => {
  test('is not deployed where `micado up` leads the Swarm', async () => {
    const { manager } = cluster;
    await claimLeadership(manager.docker, OPERATOR, systemClock);
    const deployed = deployStack(manager, 'micado', [dockerFile('stack.yaml')], stage.variables(BEFORE));
    await expect(deployed).rejects.toThrow(/micado\.leader: .*only updates to Labels are allowed/);
    expect(await manager.docker.listServices()).toEqual([]);
    expect(await resignLeadership(manager.docker, OPERATOR.stackId)).toBe(true);
  }, 60_000);

  test('runs on the master and on every node, each part without rights', async () => {
    const { manager } = cluster;
    await docker(manager, ['node', 'update', '--label-add', 'micado.master=true', manager.name]);
    const files = [dockerFile('stack.yaml'), dockerFile('node-exporter.stack.yaml'), stage.published];
    for (const node of [manager, ...cluster.workers]) await loadStandIn(node, STAND_IN.nodeExporter);
    await deployStack(manager, 'micado', files, {
      ...stage.variables(BEFORE),
      MICADO_NODE_EXPORTER_IMAGE: NODE_EXPORTER_TASKS.image,
    });
    await untilTasksRun(cluster, {
      ...stackTasks(BEFORE),
      'micado_node-exporter': NODE_EXPORTER_TASKS,
    });
    for (const name of IMAGE_NAMES)
      expect(await confinementOf(manager, `com.docker.swarm.service.name=micado_${name}`)).toEqual(CONFINED);
    expect(await claimLeadership(manager.docker, OPERATOR, systemClock)).not.toEqual(OPERATOR);
    const address = await run('sh', [dockerFile('address.sh'), 'executor'], {
      env: { DOCKER_HOST: manager.dockerHost },
    });
    expect(await fetchOn(manager, `http://${address.trim()}:9095/api/v1/status`)).toMatchObject({});
  }, 180_000);

  test('gives a new service its rules', async () => {
    load = await startLoad(cluster.manager);
    parts.defer(() => load.stop());
    for (const worker of cluster.workers) await loadStress(worker);
    await load.createService('web', LABELS);
    await eventually('the rules are loaded', hasRules, { withinMs: 30_000 });
    await waitForRunning(cluster.manager, 'web', 1);
  }, 90_000);

  test('finds node_exporter on every node, and reads it', async () => {
    await eventually(
      'all are up',
      async () => {
        const up = await queryPrometheus(stage.url(9090), 'up{job="node_exporter"} == 1');
        return up.length === NODE_EXPORTER_TASKS.tasks;
      },
      { withinMs: 60_000, everyMs: 250 },
    );
  }, 90_000);

  test('is upgraded while it scales, and loses nothing', async () => {
    const { manager, workers } = cluster;
    await buildImages(manager, AFTER);
    for (const tag of Object.values(monitoring(BEFORE)))
      await docker(manager, ['tag', tag, tag.replace(BEFORE, AFTER)]);
    await loadHaproxy(manager);
    for (const worker of workers)
      await copyImages(manager, worker, [imageTag('exporter', AFTER), 'haproxy:2.6']);
    const writtenMs = statSync(ruleFile()).mtimeMs;
    const keepsakes = await leaveKeepsakes(stage);
    const watch = watchReplicas(manager, 'web');
    parts.defer(() => watch.stop());

    load.set(1.0);
    await eventually('it grows', async () => (await replicasOf(manager, 'web')) > 1, { withinMs: 90_000 });
    const files = [dockerFile('stack.yaml'), dockerFile('socket-proxy.stack.yaml'), stage.published];
    await expect(deployStack(manager, 'micado', files, stage.variables(AFTER))).rejects.toThrow(
      'must be /dev/null',
    );
    await deployStack(manager, 'micado', files, {
      ...stage.variables(AFTER),
      MICADO_DOCKER_SOCKET: '/dev/null',
    });
    await untilTasksRun(cluster, {
      ...stackTasks(AFTER),
      'micado_socket-proxy': { tasks: 3, image: 'haproxy:2.6' },
    });
    await eventually('three replicas', async () => (await replicasOf(manager, 'web')) === 3, {
      withinMs: 90_000,
    });
    await waitForRunning(manager, 'web', 3, 60_000);
    expect(await hasRules()).toBe(true);
    expect(statSync(ruleFile()).mtimeMs).toBe(writtenMs);
    await keepsakes.seeKept();

    load.set(0);
    await eventually('one replica', async () => (await replicasOf(manager, 'web')) === 1, {
      withinMs: 120_000,
    });
    expect(await watch.stop()).toEqual([1, 2, 3, 2, 1]);
    const scales = (await decisionsOf(stage.url(9095), 'docker/web')).filter(({ kind }) => kind === 'scale');
    expect(scales.map(({ from, to, reason }) => `${from}→${to} ${reason}`).toReversed()).toEqual([
      '1→2 overloaded',
      '2→3 overloaded',
      '3→2 underloaded',
      '2→1 underloaded',
    ]);
  }, 480_000);

  test('lets each part do through the proxy what it has to, and nothing else', async () => {
    await seeWhatProxyLetsPass(stage, 8);
  });

  test('leaves no rule and no alert of a service that is removed', async () => {
    await removeService(cluster.manager, 'web');
    await eventually('the rules are gone', async () => !(await hasRules()), { withinMs: 30_000 });
    expect(existsSync(ruleFile())).toBe(false);
    const alerts = await prometheusAlerts(stage.url(9090));
    expect(alerts.filter(({ labels }) => labels['application'] === 'web')).toEqual([]);
  }, 60_000);

  test('is deployed with Consul, and leaves nothing behind when it is removed', async () => {
    const { manager } = cluster;
    await untilTasksRun(cluster, await deployWithConsul(stage, AFTER));
    await seeWhatConsulChanges(stage);

    await docker(manager, ['stack', 'rm', 'micado']);
    await eventually(
      'all of it is gone',
      async () => expect(await leftInSwarm(manager)).toEqual([]) ?? true,
      { withinMs: 60_000, everyMs: 250 },
    );
  }, 240_000);
});
