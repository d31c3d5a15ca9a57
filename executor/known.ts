import { describeError, isAppError } from '../internal/daemon/app-error.ts';
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

export function mapKnown<T, U>(given: Known<T>, map: (value: T) => U): Known<U> {
  return given.kind === 'known' ? { kind: 'known', value: map(given.value) } : given;
}
