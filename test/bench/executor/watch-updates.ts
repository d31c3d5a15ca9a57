/** When the Swarm had changed a service: the engine's own event, which it sends once the change is committed. */
import { z } from 'zod';
import { parseDockerHost } from '../../../internal/docker/docker-host.ts';
import { streamDockerLines } from '../../../internal/docker/line-stream.ts';
import type { Engine } from '../../cluster/engine.ts';
import { eventually } from '../../eventually.ts';

export type UpdateWatch = Disposable & {
  /** Of its first update since the watch began, which may still be to come. */
  updatedAtMs(service: string): Promise<number>;
};

const PATH = `/events?filters=${encodeURIComponent(JSON.stringify({ type: ['service'], event: ['update'] }))}`;
const UPDATED_WITHIN_MS = 60_000;

const eventSchema = z.object({
  timeNano: z.number(),
  Actor: z.object({ Attributes: z.object({ name: z.string() }) }),
});

/** The time as the engine takes it, finer than `Date.now`: what is measured here are milliseconds. */
export const preciseNowMs = (): number => performance.timeOrigin + performance.now();

/** No update after it is resolved is missed. */
export async function watchUpdates(engine: Engine): Promise<UpdateWatch> {
  const ended = new AbortController();
  const seenMs = new Map<string, number>();
  let isOpen = false;
  const lines = streamDockerLines(parseDockerHost(engine.dockerHost), PATH, ended.signal, () => {
    isOpen = true;
  });
  const reading = (async () => {
    for await (const line of lines) {
      const { timeNano, Actor: actor } = eventSchema.parse(JSON.parse(line));
      const { name } = actor.Attributes;
      if (!seenMs.has(name)) seenMs.set(name, timeNano / 1e6);
    }
  })();
  // Its end is the bench's own doing; any other failure shows as updates that never come.
  reading.catch(() => undefined);
  await eventually('the engine tells of updates', () => isOpen);
  return {
    updatedAtMs: (service) =>
      eventually(`${service} is updated`, () => seenMs.get(service), {
        withinMs: UPDATED_WITHIN_MS,
        everyMs: 10,
      }),
    [Symbol.dispose]: () => ended.abort(),
  };
}
