/**
 * Worker VMs through the operator's own programs. Each gets its words as arguments and is run without a shell, so nothing
 * in an alert's labels is ever interpreted.
 *
 *   up   <infra> <node> <count>   wants exactly so many VMs; returns at once or when they boot
 *   down <infra> <node> <vm id>   wants this VM stopped, and one VM fewer
 *   list <infra> <node>           prints the report as JSON
 *
 * Exit code 0: done; 3: no such pool; any other: to be tried again, and the last line of stderr says why. What they leave
 * running has to have a session and an output of its own.
 */
import { z } from 'zod';
import { AppError } from '../../internal/daemon/app-error.ts';
import type { NodeProvider, PoolId, PoolReport } from '../ports.ts';
import { runBounded } from './run-bounded.ts';

export type CommandNodeProviderOptions = {
  /** Absolute paths. */
  readonly up: string;
  readonly down: string;
  readonly list: string;
  readonly timeoutMs: number;
  /** Ends what is under way when the process ends. */
  readonly signal?: AbortSignal | undefined;
};

const NO_SUCH_POOL = 3;

const count = z.number().int().min(0);
const reportSchema = z.object({
  min: count.optional(),
  max: count.optional(),
  target: count,
  vms: z.array(
    z.object({
      id: z.string().min(1),
      addresses: z.array(z.string()).default([]),
      state: z.enum(['booting', 'ready', 'stopping', 'failed', 'gone']),
    }),
  ),
});

export function createCommandNodeProvider(options: CommandNodeProviderOptions): NodeProvider {
  const run = async (program: string, { infraId, node }: PoolId, ...more: readonly string[]) => {
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
    name: 'command',
    read: async (pool) => parseReport(options.list, await run(options.list, pool)),
    async scaleTo(pool, wanted, seen) {
      if (wanted !== seen.target) await run(options.up, pool, String(wanted));
    },
    async remove(pool, vmId, seen) {
      const state = seen.vms.find(({ id }) => id === vmId)?.state;
      if (state !== undefined && state !== 'stopping') await run(options.down, pool, vmId);
    },
    maintain: async () => {},
  };
}

function parseReport(program: string, text: string): PoolReport {
  const parsed = reportSchema.safeParse(parseJson(text));
  if (!parsed.success)
    throw new AppError('unavailable', `${program} printed no report: ${z.prettifyError(parsed.error)}`);
  const { min, max, target, vms } = parsed.data;
  return { min, max, target, vms };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
