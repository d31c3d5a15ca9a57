import { AppError, describeError } from '../../internal/daemon/app-error.ts';
import type { Clock } from '../../internal/daemon/clock.ts';
import { callHttp } from '../../internal/daemon/http-client.ts';
import type { PartPlan } from '../core/plan-parts.ts';
import type { Progress } from '../ports.ts';
import { readLastWords } from './log-tail.ts';
import type { Supervisor } from './part-supervisor.ts';

const READY_MS = 60_000;
const POLL_MS = 100;
/** A part that died so often before it was ready once will not come up by itself. */
const DEATHS_ALLOWED = 3;

/** Until every part says that it is ready. One that does not start is `AppError` unavailable with its last words. */
export async function waitUntilReady(
  parts: readonly PartPlan[],
  supervisor: Supervisor,
  clock: Clock,
  signal: AbortSignal,
  progress: Progress,
): Promise<void> {
  const deadlineMs = clock.now() + READY_MS;
  let waiting = parts.map((part) => ({ part, problem: 'no answer yet' }));
  for (;;) {
    const probed = await Promise.all(
      waiting.map(async ({ part }) => ({ part, problem: await notReady(part) })),
    );
    waiting = probed.flatMap(({ part, problem }) => (problem === undefined ? [] : [{ part, problem }]));
    if (waiting.length === 0) return;
    signal.throwIfAborted();
    const dead = waiting.find(({ part }) => supervisor.deaths(part.name) >= DEATHS_ALLOWED);
    if (dead !== undefined)
      throw new AppError(
        'unavailable',
        `${dead.part.name} does not start: ${readLastWords(dead.part.logFile)} (its log is ${dead.part.logFile})`,
      );
    const shown = waiting.map(({ part, problem }) => `${part.name} (${problem})`).join(', ');
    if (clock.now() > deadlineMs) throw new AppError('unavailable', `not ready within 60 s: ${shown}`);
    progress(`waiting for ${waiting.map(({ part }) => part.name).join(', ')}`);
    await clock.sleep(POLL_MS, signal);
  }
}

/** Why the part is not ready, or undefined when it is. */
export async function notReady(part: PartPlan): Promise<string | undefined> {
  try {
    const { status, text } = await callHttp({ url: part.readyUrl, timeoutMs: 2_000 });
    return status === 200 ? undefined : `HTTP ${status} ${text.slice(0, 200).trim()}`;
  } catch (error) {
    return describeError(error);
  }
}
