/**
 * The operator's own programs for worker VMs. Each gets its words as arguments and is run without a shell, so nothing in an
 * alert's labels is ever interpreted.
 *
 *   up   <infra> <node> <count>   wants exactly so many VMs; returns at once or when they boot
 *   down <infra> <node> <vm id>   wants this VM stopped, and one VM fewer
 *   list <infra> <node>           prints the report as JSON
 *
 * Exit code 0: done; 3: no such pool; any other: to be tried again, and the last line of stderr says why. What they leave
 * running has to have a session and an output of its own.
 */
import { type PoolProgramReport, parsePoolProgramReport } from '../contract/pool-program-report.ts';
import { AppError } from './app-error.ts';
import { runBounded } from './run-bounded.ts';

export type PoolProgramsOptions = {
  /** Absolute paths. */
  readonly up: string;
  readonly down: string;
  readonly list: string;
  readonly timeoutMs: number;
  /** Ends what is under way when the process ends. */
  readonly signal?: AbortSignal | undefined;
};

type Pool = { readonly infraId: string; readonly node: string };

/** Each fails with `AppError`: not_found for a pool that they do not know, invalid for words that they cannot be given. */
export type PoolPrograms = {
  up(pool: Pool, count: number): Promise<void>;
  down(pool: Pool, vmId: string): Promise<void>;
  list(pool: Pool): Promise<PoolProgramReport>;
};

const NO_SUCH_POOL = 3;

export function createPoolPrograms(options: PoolProgramsOptions): PoolPrograms {
  const run = async (program: string, { infraId, node }: Pool, ...more: readonly string[]) => {
    const args = [infraId, node, ...more];
    // What begins with a dash would be an option to the program.
    const odd = args.find((one) => one === '' || one.startsWith('-') || one.includes('\0'));
    if (odd !== undefined) throw new AppError('invalid', `"${odd}" cannot be an argument of ${program}`);
    const { exitCode, stdout, lastWords } = await runBounded(program, args, options);
    if (exitCode === 0) return stdout;
    const code = exitCode === NO_SUCH_POOL ? 'not_found' : 'unavailable';
    throw new AppError(code, `${program}: exit code ${exitCode}${lastWords === '' ? '' : `: ${lastWords}`}`);
  };
  return {
    up: async (pool, count) => void (await run(options.up, pool, String(count))),
    down: async (pool, vmId) => void (await run(options.down, pool, vmId)),
    async list(pool) {
      const parsed = parsePoolProgramReport(await run(options.list, pool));
      if (parsed.ok) return parsed.report;
      throw new AppError('unavailable', `${options.list} printed no report: ${parsed.problem}`);
    },
  };
}
