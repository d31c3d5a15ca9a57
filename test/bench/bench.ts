/** A bench: a name, flags of its own, and a run that gives figures. */
import type { Flag, FlagTable, FlagValues } from '../../internal/daemon/flags.ts';
import type { Figure } from './figure.ts';

export type BenchOptions<T extends FlagTable = FlagTable> = {
  readonly flags: FlagValues<T>;
  /** A line about what is being done, on stderr. */
  progress(line: string): void;
  /** Aborted by Ctrl-C: give up soon, and leave nothing behind. */
  readonly signal: AbortSignal;
};

export type Bench = {
  readonly name: string;
  readonly summary: string;
  readonly flags: Readonly<Record<string, Flag<unknown>>>;
  run(options: BenchOptions): Promise<readonly Figure[]>;
};

/** Binds the type of the flags to the run; the runner knows a bench only as a `Bench`. */
export function defineBench<T extends FlagTable>(definition: {
  readonly name: string;
  readonly summary: string;
  readonly flags: T;
  run(options: BenchOptions<T>): Promise<readonly Figure[]>;
}): Bench {
  return {
    ...definition,
    run: (options) => definition.run({ ...options, flags: options.flags as FlagValues<T> }),
  };
}
