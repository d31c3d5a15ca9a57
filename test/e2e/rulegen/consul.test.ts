/** rulegen in Consul: itself while it runs, and the workers that it knows for as long as the Swarm has them. */
import { expect, test } from '@jest/globals';
import { eventually } from '../../eventually.ts';
import { startConsulServer } from '../../fakes/consul-server.ts';
import { metricValue, startRulegenBench } from './rulegen-bench.ts';

const LABELS = { 'micado.pool': 'worker' };

test('the workers are there under MiCADO’s two names, come and go with their nodes, and outlive rulegen', async () => {
  await using consul = await startConsulServer();
  await using bench = await startRulegenBench({ config: { 'consul.url': consul.url } });
  const { state } = bench.engine;
  const first = state.addNode({ hostname: 'w1', role: 'worker', address: '10.0.0.7', labels: LABELS });
  await eventually('the worker is registered', () => consul.named('app_docker_cluster').length === 1);
  for (const name of ['worker_cluster', 'app_docker_cluster'])
    expect(consul.named(name)).toMatchObject([
      { Address: '10.0.0.7', Port: 9_200, Meta: { job: 'exporter', pool: 'worker', node: 'w1' } },
    ]);
  expect(consul.named('micado_rulegen')).toHaveLength(1);
  await eventually(
    'it says so',
    async () => (await metricValue(bench.url, 'micado_rulegen_consul_up')) === 1,
  );

  state.changeNode(first.ID, (node) => ({ ...node, Status: { ...node.Status, State: 'down' } }));
  state.addNode({ hostname: 'w2', role: 'worker', address: '10.0.0.8', labels: LABELS });
  await eventually('one has gone, one has come', () =>
    ['worker_cluster', 'app_docker_cluster'].every(
      (name) =>
        consul
          .named(name)
          .map(({ Meta }) => Meta['node'])
          .join() === 'w2',
    ),
  );

  await bench.stop();
  expect([...consul.services.values()].map(({ Name }) => Name).toSorted()).toEqual([
    'app_docker_cluster',
    'worker_cluster',
  ]);
});

test('rules are written and loaded, and it is ready, without a Consul that it should have', async () => {
  await using bench = await startRulegenBench({ config: { 'consul.url': 'http://127.0.0.1:1' } });
  bench.engine.state.createService({ name: 'web', cpuLimitCores: 0.5 });
  await eventually('the rules run', () => bench.prometheus.groups().includes('service-web'));
  await eventually('it is ready', async () => (await fetch(`${bench.url}/-/ready`)).status === 200);
  expect(await metricValue(bench.url, 'micado_rulegen_consul_up')).toBe(0);
});
