/** Empties worker nodes one after another, so that what runs on one finds room on those that are still there. */
import type { SwarmWorkers } from '../adapters/swarm-workers.ts';
import type { WorkerNode } from '../core/plan-destroy.ts';
import type { Surroundings } from '../ports.ts';

const POLL_MS = 500;

type Around = Pick<Surroundings, 'reporter' | 'clock' | 'signal'>;

/** @param timeoutMs for each node; what still runs there then is left to end with it */
export async function emptyWorkers(
  workers: readonly WorkerNode[],
  timeoutMs: number,
  swarm: SwarmWorkers,
  around: Around,
): Promise<void> {
  for (const { id, hostname, state } of workers) {
    if (state === 'down') continue;
    around.signal.throwIfAborted();
    await around.reporter.step('drain', async (progress) => {
      await swarm.drain(id);
      const left = await waitUntilEmpty(
        () => swarm.countTasks(id),
        timeoutMs,
        (tasks) => progress(`${hostname} has ${tasks} tasks`),
        around,
      );
      const late = `still has ${left} tasks after ${timeoutMs / 1_000} s`;
      return { value: undefined, done: `${hostname} ${left === 0 ? 'is empty' : late}` };
    });
  }
}

async function waitUntilEmpty(
  countTasks: () => Promise<number>,
  timeoutMs: number,
  onWait: (tasks: number) => void,
  { clock, signal }: Around,
): Promise<number> {
  const deadlineMs = clock.now() + timeoutMs;
  for (;;) {
    const left = await countTasks();
    if (left === 0 || clock.now() >= deadlineMs) return left;
    signal.throwIfAborted();
    onWait(left);
    await clock.sleep(POLL_MS, signal);
  }
}
