/** Containers that do nothing, on a real engine: what is measured is who looks at them. */
import type { Engine } from '../../cluster/engine.ts';

const STARTS_AT_ONCE = 4;

/** Starts containers `sleeper-<from>` to `sleeper-<to - 1>`, labelled as those of a Swarm service are. */
export async function startSleepers(engine: Engine, image: string, from: number, to: number): Promise<void> {
  const numbers = Array.from({ length: to - from }, (_, index) => from + index);
  const startNext = async (): Promise<void> => {
    for (let number = numbers.shift(); number !== undefined; number = numbers.shift()) {
      const service = `service-${number % 20}`;
      const container = await engine.docker.createContainer({
        name: `sleeper-${number}`,
        Image: image,
        // One process without a shell around it: 300 containers are 300 processes.
        Cmd: ['sleep', '1000000'],
        Labels: {
          'com.docker.swarm.service.name': service,
          'com.docker.swarm.service.id': service.padEnd(25, '0'),
          'com.docker.swarm.task.name': `${service}.${number}`,
          'com.docker.swarm.node.id': 'node'.padEnd(25, '0'),
        },
        HostConfig: { NetworkMode: 'none' },
      });
      await container.start();
    }
  };
  await Promise.all(Array.from({ length: STARTS_AT_ONCE }, startNext));
}
