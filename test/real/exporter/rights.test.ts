/** With how little the exporter does its work: calls to Docker that change nothing, and no rights on the machine. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { systemClock } from '../../../internal/daemon/clock.ts';
import { startEngine } from '../../cluster/cluster.ts';
import type { Engine } from '../../cluster/engine.ts';
import { loadBusybox } from '../../cluster/images.ts';
import { PROJECT_ROOT } from '../../cluster/project-root.ts';
import { eventually } from '../../eventually.ts';
import { type DockerGate, type GateCall, startDockerGate } from '../../fakes/docker-gate.ts';
import { runExporter, sampleOf } from '../../fakes/running-exporter.ts';

const KERNEL = { procfs: '/proc', cgroup: '/sys/fs/cgroup' };
const NOBODY = '65534';

/** The paths in the README's list of calls to Docker. */
function callsInReadme(): readonly string[] {
  const readme = readFileSync(join(PROJECT_ROOT, 'exporter/README.md'), 'utf8');
  const list = /^- Docker, by these calls and no others[\s\S]*?(?=^- )/m.exec(readme)?.[0] ?? '';
  return [...list.matchAll(/`(\/[\w<>/]+)`/g)].map((match) => match[1] ?? '');
}
const patterns = callsInReadme().map((path) => new RegExp(`^${path.replace(/<id>/g, '[0-9a-f]{64}')}$`));
const isListed = ({ method, path }: GateCall): boolean =>
  method === 'GET' && patterns.some((pattern) => pattern.test(path));

let engine: Engine;
let image: string;
let gate: DockerGate;
beforeAll(async () => {
  engine = await startEngine();
  image = await loadBusybox(engine);
  gate = await startDockerGate(engine.dockerHost, isListed);
}, 60_000);
afterAll(async () => {
  await gate[Symbol.asyncDispose]();
  await engine.stop();
}, 60_000);

async function start(name: string, options: object = {}, host: object = {}) {
  const container = await engine.docker.createContainer({
    name,
    Image: image,
    ...options,
    HostConfig: { NetworkMode: 'none', ...host },
  });
  await container.start();
  return container;
}

test('it asks Docker for nothing but what its README lists, and nothing at all in a scrape', async () => {
  expect(patterns.length).toBeGreaterThan(6);
  await using exporter = await runExporter({ engine: gate, tree: KERNEL, clock: systemClock });
  const web = await start('web');
  await engine.docker.createService({
    Name: 'shop',
    TaskTemplate: { ContainerSpec: { Image: image }, Networks: [{ Target: 'host' }] },
    Mode: { Replicated: { Replicas: 1 } },
  });
  await eventually('container and service are seen', async () => {
    const text = await exporter.scrape();
    const runs = sampleOf(text, 'swarm_service_replicas_running{service_name="shop"}') === 1;
    return runs && /name="shop\.1\./.test(text) && text.includes('name="web"');
  });
  await web.rename({ name: 'renamed' });
  await web.update({ Memory: 32 * 1024 * 1024, MemorySwap: -1 });
  await eventually('its new name', async () => (await exporter.scrape()).includes('name="renamed"'));
  await web.stop({ t: 0 });
  await eventually('its end', async () =>
    (await exporter.scrape()).includes('container_state{state="exited"'),
  );
  await web.remove();
  const quiet = await eventually('nothing is on its way', async () => {
    const before = gate.passed.length;
    for (let scrape = 0; scrape < 50; scrape += 1) await exporter.scrape();
    return gate.passed.length === before;
  });
  expect(quiet).toBe(true);
  expect(gate.refused).toEqual([]);
  expect(new Set(gate.passed.map(({ method }) => method))).toEqual(new Set(['GET']));
}, 60_000);

test('it counts an OOM kill for the service whose container it ended', async () => {
  await using exporter = await runExporter({ engine: gate, tree: KERNEL, clock: systemClock });
  const labels = { 'com.docker.swarm.service.name': 'hungry', 'com.docker.swarm.task.id': 't' };
  const kills = 'container_service_oom_events_total{container_label_com_docker_swarm_service_name="hungry"}';
  const command = ['sh', '-c', 'sleep 1; tail /dev/zero'];
  const hungry = await start(
    'hungry',
    { Labels: labels, Cmd: command },
    { Memory: 8 * 1024 * 1024, MemorySwap: 8 * 1024 * 1024 },
  );
  await eventually('it begins at 0', async () => sampleOf(await exporter.scrape(), kills) === 0);
  await eventually('the kill', async () => (sampleOf(await exporter.scrape(), kills) ?? 0) > 0);
  await hungry.remove({ force: true });
  const text = await exporter.scrape();
  expect(sampleOf(text, kills)).toBeGreaterThan(0);
  expect(text).not.toContain('name="hungry",');
}, 60_000);

describe('without any rights on the machine', () => {
  let folder: string;
  const children: ChildProcess[] = [];
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'exporter-bundle-'));
    execFileSync(process.execPath, [join(PROJECT_ROOT, 'deploy/launcher/bundle.mjs'), folder]);
    chmodSync(folder, 0o755);
  }, 60_000);
  afterEach(() => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  /** Runs it as nobody; its log grows as it goes. */
  function run(...flags: readonly string[]): { readonly log: () => string } {
    const setpriv = [
      '--reuid',
      NOBODY,
      '--regid',
      NOBODY,
      '--clear-groups',
      '--inh-caps=-all',
      '--no-new-privs',
    ];
    const program = [
      process.execPath,
      join(folder, 'micado-exporter.js'),
      '--web.listen-address=127.0.0.1:0',
    ];
    const child = spawn('setpriv', [...setpriv, ...program, ...flags], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    children.push(child);
    let log = '';
    child.stderr.on('data', (part: Buffer) => {
      log += part.toString();
    });
    return { log: () => log };
  }
  const addressIn = (log: string): string | undefined => /"url":"(http:[^"]+)"/.exec(log)?.[1];

  test('it has every figure of a container, its network too, and tells whose network that is', async () => {
    const own = await start('own', {}, { NetworkMode: 'bridge' });
    const shared = await start('shared', {}, { NetworkMode: 'host' });
    const through = await start('through', {}, { NetworkMode: `container:${shared.id}` });
    const { log } = run(`--docker.host=${gate.address}`);
    const url = await eventually('it listens', () => addressIn(log()));
    const text = await eventually('all are seen', async () => {
      const now = await (await fetch(`${url}/metrics`)).text();
      return ['own', 'shared', 'through'].every((name) => now.includes(`name="${name}"`)) ? now : undefined;
    });
    for (const family of ['container_cpu_usage_seconds_total', 'container_memory_rss', 'container_threads'])
      for (const name of ['own', 'through'])
        expect(text).toMatch(new RegExp(`^${family}\\{.*name="${name}"`, 'm'));
    expect(text).toMatch(/^container_network_receive_bytes_total\{.*name="own"/m);
    expect(text).not.toMatch(/^container_network_receive_bytes_total\{.*name="(shared|through)"/m);
    expect(text).not.toMatch(/^micado_exporter_read_errors_total\{.*\} [^0]/m);
    expect(sampleOf(text, 'micado_exporter_container_source{source="api"}')).toBe(0);
    expect(log()).not.toContain('not readable');
    await Promise.all([own, shared, through].map((container) => container.remove({ force: true })));
  }, 60_000);

  test('it says what it may not read, and what would cure that', async () => {
    const closed = mkdtempSync(join(tmpdir(), 'closed-'));
    chmodSync(closed, 0o755);
    const { log } = run(`--docker.host=${engine.dockerHost}`, `--path.cgroup=${closed}`);
    await eventually('it listens', () => addressIn(log()));
    const obstacles = log()
      .split('\n')
      .filter((line) => line.includes('"not readable"'))
      .map((line) => JSON.parse(line) as { what: string; why: string; cure: string });
    expect(obstacles).toMatchObject([
      { what: engine.dockerHost.replace('unix://', ''), why: 'EACCES' },
      { what: closed, why: 'no cgroups in it' },
    ]);
    expect(obstacles[0]?.cure).toMatch(/group/);
    expect(obstacles[1]?.cure).toContain('--path.cgroup');
    rmSync(closed, { recursive: true });
  }, 60_000);
});
