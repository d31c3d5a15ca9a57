/**
 * Services at 0 replicas that one alert wakes, so that a bench of hundreds of changes starts no container: a constraint
 * that no node satisfies keeps the tasks waiting. They look as the executor leaves a service that it has put to sleep.
 */
import type Docker from 'dockerode';
import { z } from 'zod';
import { stateLabels } from '../../../executor/core/replica-history.ts';
import { SERVICE_LABEL } from '../../../internal/contract/labels.ts';
import { callDocker } from '../../../internal/docker/docker-client.ts';
import type { Engine } from '../../cluster/engine.ts';
import { atOnce } from './at-once.ts';

const CREATED_AT_ONCE = 8;

/** Their names: `<prefix>-001` to `<prefix>-<count>`, none the beginning of another: Docker would list that as well. */
export async function createAsleepServices(
  engine: Engine,
  image: string,
  prefix: string,
  count: number,
): Promise<readonly string[]> {
  const digits = String(count).length;
  const names = Array.from(
    { length: count },
    (_, index) => `${prefix}-${String(index + 1).padStart(digits, '0')}`,
  );
  const labels = { [SERVICE_LABEL.scale]: 'true', ...stateLabels(0, 'down', Date.now() - 3_600_000) };
  await atOnce(CREATED_AT_ONCE, names, async (name) => {
    await callDocker(`creating ${name}`, () =>
      engine.docker.createService({
        Name: name,
        Labels: labels,
        Mode: { Replicated: { Replicas: 0 } },
        TaskTemplate: {
          ContainerSpec: { Image: image },
          Placement: { Constraints: ['node.labels.bench == nowhere'] },
        },
      } as Docker.CreateServiceOptions),
    );
  });
  return names;
}

/** A bare version-checked update through the API, the least that any autoscaler has to do: one replica. */
export async function wakeBarely({ docker }: Engine, name: string): Promise<void> {
  await callDocker(`updating ${name}`, async () => {
    const service = docker.getService(name);
    const { Version, Spec } = inspected.parse(await service.inspect());
    await service.update({ ...Spec, version: Version.Index, Mode: { Replicated: { Replicas: 1 } } });
  });
}

const inspected = z.object({ Version: z.object({ Index: z.number() }), Spec: z.looseObject({}) });
