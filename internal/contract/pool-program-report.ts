/** What the operator's `list` program prints of a pool: the number of VMs that it was asked for, and those that there are. */
import { z } from 'zod';

const count = z.number().int().min(0);
const schema = z.object({
  /** Bounds of its own, where it has any. */
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

export type PoolProgramReport = z.infer<typeof schema>;

export type ParsedPoolProgramReport =
  | { readonly ok: true; readonly report: PoolProgramReport }
  | { readonly ok: false; readonly problem: string };

export function parsePoolProgramReport(text: string): ParsedPoolProgramReport {
  const parsed = schema.safeParse(parseJson(text));
  return parsed.success
    ? { ok: true, report: parsed.data }
    : { ok: false, problem: z.prettifyError(parsed.error) };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
