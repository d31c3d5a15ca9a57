import { describeError, isAppError } from '../internal/daemon/app-error.ts';
import type { Clock } from '../internal/daemon/clock.ts';
import type { Known } from './core/world.ts';

/** A part that fails as expected is away, never taken for empty; a defect is thrown on. */
export async function known<T>(read: () => Promise<T>): Promise<Known<T>> {
  try {
    return { kind: 'known', value: await read() };
  } catch (error) {
    if (!isAppError(error)) throw error;
    return { kind: 'away', problem: describeError(error) };
  }
}

/** For somebody who waits no longer than this: what hangs is away. */
export async function knownWithin<T>(
  withinMs: number,
  clock: Clock,
  read: () => Promise<T>,
): Promise<Known<T>> {
  const answered = new AbortController();
  const tooLate = async (): Promise<Known<T>> => {
    await clock.sleep(withinMs, answered.signal);
    return { kind: 'away', problem: `no answer within ${withinMs / 1_000} s` };
  };
  try {
    return await Promise.race([known(read), tooLate()]);
  } finally {
    answered.abort();
  }
}

export function mapKnown<T, U>(given: Known<T>, map: (value: T) => U): Known<U> {
  return given.kind === 'known' ? { kind: 'known', value: map(given.value) } : given;
}
