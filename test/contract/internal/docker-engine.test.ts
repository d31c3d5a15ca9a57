/** The fake engine speaks so that our own Docker code understands it; other suites build on that. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { systemClock } from '../../../internal/daemon/clock.ts';
import { silentLogger } from '../../../internal/daemon/logger.ts';
import { callDocker, createDockerClient } from '../../../internal/docker/docker-client.ts';
import { parseDockerHost } from '../../../internal/docker/docker-host.ts';
import { createEventStream } from '../../../internal/docker/event-stream.ts';
import {
  findSwarmService,
  listServicesNamed,
  listSwarmServices,
  parseSwarmService,
} from '../../../internal/docker/swarm-service.ts';
import { eventually } from '../../eventually.ts';
import { type DockerEngineServer, startDockerEngineServer } from '../../fakes/docker-engine-server.ts';

let engine: DockerEngineServer;
beforeEach(async () => {
  engine = await startDockerEngineServer();
});
afterEach(async () => {
  await engine[Symbol.asyncDispose]();
});

const client = () => createDockerClient(parseDockerHost(engine.address));

describe('the fake Docker engine', () => {
  test('lists its services with limits, labels and running tasks', async () => {
    engine.state.createService({ name: 'web', replicas: 2, labels: { a: 'b' }, cpuLimitCores: 0.05 });
    engine.state.createService({ name: 'web-2' });
    const services = await listSwarmServices(client());
    expect(services).toHaveLength(2);
    expect(services[0]).toMatchObject({ name: 'web', replicas: 2, runningTasks: 2, cpuLimitCores: 0.05 });
    expect((await findSwarmService(client(), 'web'))?.labels).toEqual({ a: 'b' });
  });

  test('lists the services of exactly the names asked for, however many, in few calls', async () => {
    const names = Array.from({ length: 120 }, (_, index) => `web-${index}`);
    for (const name of [...names, 'web', 'web-1-beside']) engine.state.createService({ name });
    const found = await listServicesNamed(client(), names);
    expect([...found].map(([name, json]) => [name, parseSwarmService(json).name])).toEqual(
      names.map((name) => [name, name]),
    );
    expect(engine.callsTo('/services')).toBe(3);
    expect(await listServicesNamed(client(), ['we'])).toEqual(new Map());
  });

  test('takes an update of the present version, and refuses a stale one as the engine does', async () => {
    const before = engine.state.createService({ name: 'web' });
    const update = (version: number) =>
      callDocker('scaling', () =>
        client()
          .getService(before.ID)
          .update({ ...before.Spec, version, Mode: { Replicated: { Replicas: 3 } } }),
      );
    await update(before.Version.Index);
    expect(engine.state.replicas('web')).toBe(3);
    await expect(update(before.Version.Index)).rejects.toMatchObject({ code: 'conflict' });
    expect(engine.state.service('web').PreviousSpec).toEqual(before.Spec);
  });

  test('sends the events of a type, and after a reconnect those of the gap', async () => {
    const stop = new AbortController();
    const seen: string[] = [];
    let connects = 0;
    const stream = createEventStream({
      host: parseDockerHost(engine.address),
      filters: { type: ['service'] },
      clock: systemClock,
      logger: silentLogger,
      onConnect() {
        connects += 1;
      },
      onDisconnect() {},
      onEvent: ({ action, attributes }) => void seen.push(`${action} ${attributes['name']}`),
    }).run(stop.signal);
    await eventually('connected', () => connects === 1);
    engine.state.createService({ name: 'web' });
    engine.state.startContainer({ name: 'unseen' });
    await eventually('the event has come', () => seen.includes('create web'));
    await engine.pause();
    engine.state.removeService('web');
    await engine.resume();
    await eventually('the event of the gap has come', () => seen.includes('remove web'));
    expect(connects).toBe(2);
    stop.abort();
    await stream;
  });

  test('answers as a worker does where it is none', async () => {
    await using worker = await startDockerEngineServer({ role: 'worker' });
    const listing = listSwarmServices(createDockerClient(parseDockerHost(worker.address)));
    await expect(listing).rejects.toMatchObject({ code: 'unavailable' });
    expect(worker.callsTo('/services')).toBe(1);
  });
});
