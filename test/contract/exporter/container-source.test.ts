import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createDockerApi } from '../../../exporter/adapters/docker-api.ts';
import { createDockerContainerSource } from '../../../exporter/adapters/docker-container-source.ts';
import { parseDockerHost } from '../../../internal/docker/docker-host.ts';
import { aContainerInfo, createContainerSourceFake } from '../../fakes/container-source.ts';
import { type DockerEngineServer, startDockerEngineServer } from '../../fakes/docker-engine-server.ts';
import { type ContainerSourceSubject, containerSourceSuite } from './container-source-suite.ts';

describe('the fake', () => {
  let subject: ContainerSourceSubject;
  beforeEach(() => {
    const source = createContainerSourceFake();
    const put = (id: string, name: string) =>
      void source.running.set(id, aContainerInfo({ id, name, pid: 7, labels: { team: 'blue' } }));
    subject = {
      source,
      async start(name) {
        const id = createHash('sha256').update(name).digest('hex');
        put(id, name);
        return id;
      },
      rename: async (id, name) => put(id, name),
      async remove(id) {
        source.running.delete(id);
        source.stopped.delete(id);
      },
      async stop(id) {
        const { name = '', image = '', labels = {} } = source.running.get(id) ?? {};
        source.running.delete(id);
        source.stopped.set(id, { id, name, image, labels, state: 'exited' });
      },
    };
  });
  containerSourceSuite(() => subject);
});

describe('Docker’s API on the fake engine', () => {
  let engine: DockerEngineServer;
  let subject: ContainerSourceSubject;
  beforeEach(async () => {
    engine = await startDockerEngineServer();
    const { state } = engine;
    subject = {
      source: createDockerContainerSource(createDockerApi(parseDockerHost(engine.address))),
      start: async (name) => state.startContainer({ name, labels: { team: 'blue' } }).Id,
      async rename(id, name) {
        const container = state.containers.get(id);
        if (container !== undefined) container.Name = `/${name}`;
      },
      remove: async (id) => state.removeContainer(id),
      stop: async (id) => state.stopContainer(id),
    };
  });
  afterEach(async () => {
    await engine[Symbol.asyncDispose]();
  });
  containerSourceSuite(() => subject);

  const listing = () => expect(subject.source.list()).rejects;
  const unavailable = { name: 'AppError', code: 'unavailable' };

  test('makes an engine that is away an expected failure', async () => {
    await engine.pause();
    await listing().toMatchObject(unavailable);
  });

  test.each([
    ['a failure', 500],
    ['an answer that is no list', 200],
  ])('makes %s an expected failure, and never an empty list', async (_, status) => {
    engine.failNext('/containers/json', status, 'driver failed');
    await listing().toMatchObject(unavailable);
  });
});
