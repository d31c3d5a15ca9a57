/** The executor in Consul: there while it runs, and no worse off when Consul is away. */
import { hostname } from 'node:os';
import { expect, test } from '@jest/globals';
import type { Overview } from '../../../executor/core/overview/overview-shape.ts';
import { eventually } from '../../eventually.ts';
import { startConsulServer } from '../../fakes/consul-server.ts';
import { alertLabels, aWebhook, setStage } from './start-executor.ts';

test('is a service whose check passes, until it ends', async () => {
  await using stage = await setStage();
  await using consul = await startConsulServer();
  {
    await using executor = await stage.startExecutor(`--consul.url=${consul.url}`);
    const { port } = new URL(executor.url);
    const id = `prometheus_executor-${hostname()}-${port}`;
    await eventually('it is registered', () => consul.services.has(id));
    await consul.runChecks();
    expect(consul.named('prometheus_executor')).toMatchObject([
      { Address: '127.0.0.1', Port: Number(port), Tags: ['micado'], status: 'passing' },
    ]);
    await eventually('it says so', async () =>
      (await (await executor.get('/metrics')).text()).includes('\nmicado_executor_consul_up 1\n'),
    );
    const { parts } = await executor.getJson<Overview>('/api/v1/overview');
    expect(parts.find(({ name }) => name === 'consul')).toMatchObject({
      state: 'well',
      since: expect.any(String),
    });
  }
  expect(consul.services.size).toBe(0);
});

test('scales, and is ready, without a Consul that it should have', async () => {
  await using stage = await setStage();
  stage.docker.state.createService({ name: 'web', replicas: 2 });
  stage.prometheus.setAlerts([{ labels: alertLabels('web'), annotations: {}, value: '9e+01' }]);
  await using executor = await stage.startExecutor('--consul.url=http://127.0.0.1:1');
  await executor.post('/', aWebhook(alertLabels('web')));
  await eventually('it scales', () => stage.docker.state.replicas('web') === 3);
  await eventually('it is ready', async () => (await executor.get('/-/ready')).status === 200);
  expect(await (await executor.get('/metrics')).text()).toContain('\nmicado_executor_consul_up 0\n');
});

test('says nothing of Consul where none is named', async () => {
  await using stage = await setStage();
  await using executor = await stage.startExecutor();
  expect(await (await executor.get('/metrics')).text()).not.toContain('consul');
});
