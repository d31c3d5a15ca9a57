/** The whole exporter over a fake engine and kernel files on disk, scraped by HTTP. */
import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { systemClock } from '../../../internal/daemon/clock.ts';
import { eventually } from '../../eventually.ts';
import { startDockerEngineServer } from '../../fakes/docker-engine-server.ts';
import { FIXTURE_CONTAINER } from '../../fakes/kernel-tree.ts';
import { type RunningExporter, runExporter, sampleOf } from '../../fakes/running-exporter.ts';
import { metricComplaints } from '../../real/support/promtool.ts';
import { type ExporterStage, scrapeOfBoth, setExporterStage } from './exporter-stage.ts';

const { web, idle } = FIXTURE_CONTAINER;
const WEB_MEMORY = `sys/fs/cgroup/memory/docker/${web.id}`;

let stage: ExporterStage;
let exporter: RunningExporter;
const start = async (...flags: string[]): Promise<void> => {
  exporter = await stage.start(...flags);
};
beforeEach(async () => {
  stage = await setExporterStage();
});
afterEach(async () => {
  await stage[Symbol.asyncDispose]();
});

const scrapeWith = (what: string, accept: (text: string) => boolean): Promise<string> =>
  eventually(what, async () => {
    const text = await exporter.scrape();
    return accept(text) ? text : undefined;
  });

describe('a scrape', () => {
  test('asks Docker nothing', async () => {
    await start('--no-collector.swarm');
    await scrapeOfBoth(exporter);
    const before = stage.engine.calls.length;
    for (let index = 0; index < 20; index += 1) expect(await exporter.scrape()).toContain('name="web"');
    expect(stage.engine.calls.slice(before)).toEqual([]);
    expect(stage.engine.callsTo('/containers/json')).toBe(1);
    expect(stage.engine.callsTo('/events')).toBe(1);
  });

  test('has the figures of its own moment', async () => {
    await start();
    await scrapeOfBoth(exporter);
    stage.tree.write(`${WEB_MEMORY}/memory.usage_in_bytes`, '77\n');
    expect(await exporter.scrape()).toMatch(/^container_memory_usage_bytes\{.*name="web"\} 77$/m);
  });

  test('has nothing of a container from the event of its end on', async () => {
    await start();
    await scrapeOfBoth(exporter);
    stage.engine.state.removeContainer('web');
    const text = await scrapeWith('it is gone', (now) => !now.includes('name="web"'));
    expect(text).toContain('name="idle"');
    expect(sampleOf(text, 'micado_exporter_containers_tracked')).toBe(1);
  });

  test('leaves out one family of one container when its file makes no sense, and counts that', async () => {
    await start();
    await scrapeOfBoth(exporter);
    stage.tree.write(`${WEB_MEMORY}/memory.usage_in_bytes`, 'garbage');
    const text = await exporter.scrape();
    expect(text).not.toMatch(/^container_memory_(usage|working_set)_bytes\{.*name="web"/m);
    expect(text).toMatch(/^container_memory_rss\{.*name="web"\} 31457280$/m);
    expect(text).toMatch(/^container_memory_usage_bytes\{.*name="idle"/m);
    expect(sampleOf(text, 'micado_exporter_read_errors_total{collector="memory"}')).toBe(1);
    expect(sampleOf(text, 'micado_exporter_collector_success{collector="memory"}')).toBe(0);
    expect(sampleOf(text, 'micado_exporter_collector_success{collector="cpu"}')).toBe(1);
  });

  test('says how long the one before it took', async () => {
    await start();
    await scrapeOfBoth(exporter);
    const seconds = sampleOf(await exporter.scrape(), 'micado_exporter_scrape_duration_seconds');
    expect(seconds).toBeGreaterThan(0);
    expect(seconds).toBeLessThan(5);
  });

  test('has the new limits after an update of the container', async () => {
    await start();
    await scrapeOfBoth(exporter);
    stage.tree.write(`${WEB_MEMORY}/memory.limit_in_bytes`, '1048576\n');
    stage.engine.state.emit('container', 'update', web.id);
    await scrapeWith('the new limit', (text) =>
      /^container_spec_memory_limit_bytes\{.*name="web"\} 1048576$/m.test(text),
    );
  });

  test('follows a restart to the new process', async () => {
    await start();
    await scrapeOfBoth(exporter);
    const network = `proc/${web.pid + 1000}`;
    stage.tree.write(`${network}/cgroup`, `5:memory:/docker/${web.id}\n`);
    stage.tree.write(`${network}/net/dev`, 'eth0: 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16\n');
    stage.engine.state.restartContainer('web', web.pid + 1000);
    await scrapeWith('the new network', (text) =>
      /^container_network_receive_bytes_total\{.*name="web"\} 1$/m.test(text),
    );
  });

  test('goes on with the containers it knows while Docker is away, and says so', async () => {
    await start();
    await scrapeOfBoth(exporter);
    await stage.engine.pause();
    const text = await scrapeWith(
      'Docker is down',
      (now) => sampleOf(now, 'micado_exporter_docker_up') === 0,
    );
    expect(text).toContain('name="web"');
    stage.engine.state.startContainer({ name: 'third', pid: idle.pid, id: idle.id.replace(/^0c/, '0d') });
    await stage.engine.resume();
    await scrapeWith('Docker is up', (now) => sampleOf(now, 'micado_exporter_docker_up') === 1);
    expect(sampleOf(await exporter.scrape(), 'micado_exporter_event_connects_total')).toBe(2);
  });

  test('has no family of a collector that is switched off', async () => {
    await start('--no-collector.memory', '--no-collector.swarm');
    const text = await scrapeOfBoth(exporter);
    expect(text).not.toMatch(/^container_memory|^swarm_|collector="memory"/m);
    expect(text).toContain('container_cpu_usage_seconds_total');
    expect(text).toContain('machine_memory_bytes');
  });

  test('takes a cgroup with a quota for the machine', async () => {
    stage.tree.write('sys/fs/cgroup/cpu/part/cpu.cfs_quota_us', '150000\n');
    stage.tree.write('sys/fs/cgroup/cpu/part/cpu.cfs_period_us', '100000\n');
    stage.tree.write('sys/fs/cgroup/cpuacct/part/cpuacct.usage', '5000000000\n');
    stage.tree.write('sys/fs/cgroup/memory/part/memory.limit_in_bytes', '1000000\n');
    await start('--machine.cgroup=/part');
    const text = await exporter.scrape();
    expect(sampleOf(text, 'machine_cpu_cores')).toBe(1.5);
    expect(sampleOf(text, 'machine_memory_bytes')).toBe(1_000_000);
    expect(sampleOf(text, 'container_cpu_usage_seconds_total{cpu="total",id="/"}')).toBe(5);
  });

  test('has the health and the state of containers, and of those that do not run', async () => {
    await start();
    await scrapeOfBoth(exporter);
    const state = (name: string, word: string): RegExp =>
      new RegExp(`^container_state\\{state="${word}",.*name="${name}"\\} 1$`, 'm');
    stage.engine.state.setHealth('web', 'healthy');
    await scrapeWith('it is healthy', (now) => /^container_health_state\{.*name="web"\} 1$/m.test(now));
    stage.engine.state.setHealth('web', 'unhealthy');
    await scrapeWith('it is unhealthy', (now) => /^container_health_state\{.*name="web"\} 0$/m.test(now));
    stage.engine.state.pauseContainer('web');
    const paused = await scrapeWith('it is paused', (now) => state('web', 'paused').test(now));
    expect(paused).toMatch(state('idle', 'running'));
    stage.engine.state.stopContainer('idle');
    const stopped = await scrapeWith('it has exited', (now) => state('idle', 'exited').test(now));
    expect(stopped.match(/name="idle"/g)).toHaveLength(1);
    stage.engine.state.removeContainer('idle');
    await scrapeWith('nothing is left of it', (now) => !now.includes('name="idle"'));
  });

  test('has an OOM kill of a service although it ended the container', async () => {
    stage.engine.state.removeContainer('web');
    const labels = { 'com.docker.swarm.service.name': 'shop', 'com.docker.swarm.task.id': 't' };
    stage.engine.state.startContainer({ ...web, name: 'shop.1', labels });
    await start();
    const kills = 'container_service_oom_events_total{container_label_com_docker_swarm_service_name="shop"}';
    const before = await scrapeOfBoth(exporter);
    // What the kernel has counted so far.
    expect(sampleOf(before, kills)).toBe(2);
    for (let kill = 0; kill < 3; kill += 1) stage.engine.state.killForMemory('shop.1');
    stage.engine.state.removeContainer('shop.1');
    const text = await scrapeWith('its end', (now) => !now.includes('name="shop.1"'));
    expect(sampleOf(text, kills)).toBe(3);
  });

  test('leaves out collectors, then containers, to stay within its limit of series, and says so', async () => {
    await start('--series.limit=70');
    const text = await scrapeOfBoth(exporter);
    const shown = text.match(/^container_(?!state).*name="(web|idle)"\}/gm)?.length ?? 0;
    expect(shown).toBeLessThanOrEqual(70);
    expect(text).toMatch(/^container_memory_rss\{.*name="web"/m);
    expect(text).toMatch(/^container_memory_rss\{.*name="idle"/m);
    expect(text).not.toMatch(/^container_network.*name="web"/m);
    expect(sampleOf(text, 'micado_exporter_collector_left_out{collector="network"}')).toBe(1);
    expect(sampleOf(text, 'micado_exporter_collector_success{collector="network"}')).toBe(0);
    expect(sampleOf(text, 'micado_exporter_collector_left_out{collector="memory"}')).toBe(0);
    expect(sampleOf(text, 'micado_exporter_series_left_out')).toBeGreaterThan(8);
    expect(sampleOf(text, 'micado_exporter_containers_left_out')).toBe(0);
  });

  test('opens the machine’s cgroup when it comes into being later', async () => {
    await start('--machine.cgroup=/later');
    expect(await exporter.scrape()).not.toContain('machine_cpu_cores');
    stage.tree.write('sys/fs/cgroup/cpu/later/cpu.cfs_quota_us', '-1\n');
    expect(sampleOf(await exporter.scrape(), 'machine_cpu_cores')).toBe(4);
  });
});

describe('the Swarm', () => {
  test('is read on events, never by a scrape', async () => {
    await start();
    await scrapeWith('the Swarm was read', (text) => text.includes('micado_exporter_swarm_reads_total 1'));
    const before = stage.engine.callsTo('/services');
    for (let index = 0; index < 20; index += 1) await exporter.scrape();
    expect(stage.engine.callsTo('/services')).toBe(before);
    stage.engine.state.createService({ name: 'shop', replicas: 3 });
    const text = await scrapeWith('the service', (now) => now.includes('service_name="shop"'));
    expect(sampleOf(text, 'swarm_service_replicas_desired{service_name="shop"}')).toBe(3);
    expect(sampleOf(text, 'swarm_service_replicas_running{service_name="shop"}')).toBe(3);
    stage.engine.state.removeService('shop');
    await scrapeWith('no service', (now) => !now.includes('service_name="shop"'));
  });

  test('has tasks listed once, and again only of a service that is not settled', async () => {
    stage.engine.state.createService({ name: 'shop', replicas: 2 });
    stage.engine.state.createService({ name: 'calm', replicas: 1 });
    await start();
    await scrapeWith('the service', (now) =>
      now.includes('swarm_tasks{service_name="shop",state="running"} 2'),
    );
    expect(stage.engine.callsTo('/tasks')).toBe(1);
    stage.engine.state.setTasks('shop', {
      running: 1,
      pending: 1,
      pendingError: 'no suitable node (insufficient resources on 1 node)',
    });
    stage.engine.state.emit('service', 'update', 'any');
    const text = await scrapeWith('the pending task', (now) =>
      now.includes('swarm_tasks_pending{service_name="shop",reason="insufficient_resources"} 1'),
    );
    expect(sampleOf(text, 'swarm_tasks{service_name="shop",state="pending"}')).toBe(1);
    expect(sampleOf(text, 'swarm_tasks{service_name="calm",state="running"}')).toBe(1);
    stage.engine.state.setTasks('shop', { running: 2 });
    await scrapeWith('nothing pending, without any event', (now) => !now.includes('swarm_tasks_pending{'));
    const named = stage.engine.calls.filter(({ path }) => path === '/tasks').slice(1);
    const shop = stage.engine.state.service('shop').ID;
    for (const { query } of named) expect(query['filters']).toContain(`"service":["${shop}"]`);
  });

  test('has what the nodes have and what is reserved of them', async () => {
    const node = stage.engine.state.addNode({ hostname: 'm1', role: 'manager' });
    const spec = stage.engine.state.createService({ name: 'shop', replicas: 2 }).Spec;
    stage.engine.state.changeService('shop', () => ({
      ...spec,
      TaskTemplate: {
        ...spec.TaskTemplate,
        Resources: { Reservations: { NanoCPUs: 250_000_000, MemoryBytes: 1_000 } },
      },
    }));
    await start();
    const text = await scrapeWith('the node', (now) => now.includes('swarm_node_cpu_cores'));
    const labels = `{node_id="${node.ID}",hostname="m1"}`;
    expect(sampleOf(text, `swarm_node_cpu_cores${labels}`)).toBe(node.Description.Resources.NanoCPUs / 1e9);
    expect(sampleOf(text, `swarm_node_memory_bytes${labels}`)).toBe(node.Description.Resources.MemoryBytes);
    expect(sampleOf(text, `swarm_node_reserved_cpu_cores${labels}`)).toBe(0.5);
    expect(sampleOf(text, `swarm_node_reserved_memory_bytes${labels}`)).toBe(2_000);
    expect(text).toContain(`swarm_node_manager_leader${labels}`);
  });

  test('has no series on a worker, which is asked for nothing of it', async () => {
    await using worker = await startDockerEngineServer({ role: 'worker' });
    await using other = await runExporter({ engine: worker, tree: stage.tree, clock: systemClock });
    await start();
    const text = await eventually('the role was asked', async () => {
      const now = await other.scrape();
      return now.includes('micado_exporter_swarm_reads_total 1') ? now : undefined;
    });
    expect(text).not.toMatch(/^swarm_/m);
    expect(worker.callsTo(/^\/(services|nodes|tasks)/)).toBe(0);
  });
});

describe('promtool', () => {
  test('finds nothing to complain about', async () => {
    stage.engine.state.createService({ name: 'shop', replicas: 2 });
    stage.engine.state.addNode({ hostname: 'm1' });
    await start();
    await scrapeOfBoth(exporter);
    const text = await scrapeWith('the service', (now) => now.includes('service_name="shop"'));
    expect(metricComplaints(text)).toEqual([]);
  });
});

test('the README names every family that the exporter has of itself', async () => {
  await start();
  const text = await scrapeOfBoth(exporter);
  const readme = readFileSync(new URL('../../../exporter/README.md', import.meta.url), 'utf8');
  const own = [...text.matchAll(/^# TYPE ((?:micado_exporter|process)_\w+)/gm)].map(
    (match) => match[1] ?? '',
  );
  expect(own.length).toBeGreaterThan(15);
  expect(own.filter((name) => !readme.includes(`\`${name}\``))).toEqual([]);
});
