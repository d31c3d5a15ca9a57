/** The exporter in Consul: there while it runs, by the address that others reach, and no worse off when Consul is away. */
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { systemClock } from '../../../internal/daemon/clock.ts';
import { eventually } from '../../eventually.ts';
import { type ConsulServer, startConsulServer } from '../../fakes/consul-server.ts';
import { type DockerEngineServer, startDockerEngineServer } from '../../fakes/docker-engine-server.ts';
import { type KernelTree, unpackKernelTree } from '../../fakes/kernel-tree.ts';
import { runExporter, sampleOf } from '../../fakes/running-exporter.ts';

let tree: KernelTree;
let engine: DockerEngineServer;
let consul: ConsulServer;
beforeEach(async () => {
  tree = unpackKernelTree('v1-separate');
  engine = await startDockerEngineServer();
  consul = await startConsulServer();
});
afterEach(async () => {
  await consul[Symbol.asyncDispose]();
  await engine[Symbol.asyncDispose]();
  tree[Symbol.dispose]();
});
const start = (...flags: readonly string[]) => runExporter({ engine, tree, clock: systemClock, flags });

test('that listens on all addresses is known by the one on the way to the agent, until it ends', async () => {
  {
    await using exporter = await start(`--consul.url=${consul.url}`, '--web.listen-address=:0');
    await eventually('it is registered', () => consul.services.size === 1);
    await consul.runChecks();
    expect(consul.named('micado_exporter')).toMatchObject([
      { Address: '127.0.0.1', Port: Number(new URL(exporter.url).port), status: 'passing' },
    ]);
    await eventually(
      'it says so',
      async () => sampleOf(await exporter.scrape(), 'micado_exporter_consul_up') === 1,
    );
  }
  expect(consul.services.size).toBe(0);
});

test('is scraped, and is ready, without a Consul that it should have', async () => {
  await consul.stop();
  await using exporter = await start(`--consul.url=${consul.url}`);
  await eventually('it is ready', async () => (await fetch(`${exporter.url}/-/ready`)).status === 200);
  const text = await exporter.scrape();
  expect(sampleOf(text, 'micado_exporter_consul_up')).toBe(0);
  expect(text).toContain('machine_cpu_cores');
});

test('says nothing of Consul where none is named', async () => {
  await using exporter = await start();
  expect(await exporter.scrape()).not.toContain('consul');
});
