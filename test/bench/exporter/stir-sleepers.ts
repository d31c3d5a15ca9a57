/** Makes sleepers use CPU time, so that none of them rests: of one that does, an exporter may leave out most of the reading. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Engine } from '../../cluster/engine.ts';

/** Those who were woken shall be asleep again when they are looked at. */
const SETTLE_MS = 100;

/** Each call lets every container's first process run for a moment. */
export async function createStirring(engine: Engine): Promise<() => Promise<void>> {
  const pids: number[] = [];
  for (const { Id } of await engine.docker.listContainers()) {
    const { State } = await engine.docker.getContainer(Id).inspect();
    pids.push(State.Pid);
  }
  return async () => {
    // Who is stopped must run to stop, and then sleeps on.
    for (const signal of ['SIGSTOP', 'SIGCONT'] as const) for (const pid of pids) process.kill(pid, signal);
    await delay(SETTLE_MS);
  };
}
