/**
 * The policy file: unknown in, typed out, and every problem named. A file with any problem is refused whole, so that half
 * of a policy never holds; the last good one does. MiCADO 0.3.1's scaling_policy.yaml is valid as it is.
 */
import { z } from 'zod';
import { NOTHING_GIVEN } from './given.ts';
import type { Policy, PoolDirection, WorkerPool } from './policy.ts';
import { direction, given, optionalScalar, scalar } from './policy-given.ts';
import { policyProblems } from './policy-problems.ts';
import type { Problem } from './problem.ts';
import { parseText } from './setting-kinds.ts';
import { SETTINGS } from './settings.ts';

export type ParsedPolicy =
  | { readonly ok: true; readonly policy: Policy }
  | { readonly ok: false; readonly problems: readonly Problem[] };

const RESERVED_QUERY_NAMES = ['cpu', 'memory', 'throttling', 'query'];
const queryName = z
  .string()
  .regex(/^[a-zA-Z_][\w-]*$/, 'the name of a query must be a letter, then letters, digits, _ or -')
  .refine((name) => !RESERVED_QUERY_NAMES.includes(name), 'this name is a built-in metric: choose another');

const POOL_UP: PoolDirection = { threshold: 60, forMs: 10_000, step: '1', cooldownMs: 60_000 };
const POOL_DOWN: PoolDirection = { threshold: 20, forMs: 300_000, step: '1', cooldownMs: 300_000 };

const poolName = z.string().regex(/^[\w-]+$/, 'must hold letters, digits, _ or - only');
const pool = z
  .strictObject({
    name: poolName.default('worker'),
    infra: poolName.default('micado_worker_infra'),
    min: optionalScalar(SETTINGS.min.parse),
    max: optionalScalar(SETTINGS.max.parse),
    scaleup: direction,
    scaledown: direction,
  })
  .transform(({ name, infra, min = 1, max = 10, scaleup, scaledown }, context): WorkerPool => {
    const up = poolDirection(scaleup, POOL_UP);
    const down = poolDirection(scaledown, POOL_DOWN);
    if (min > max) context.addIssue({ code: 'custom', message: `min ${min} must not be above max ${max}` });
    if (down.threshold >= up.threshold)
      context.addIssue({
        code: 'custom',
        message: 'the threshold of scaledown must be below that of scaleup',
      });
    return { name, infra, min, max, up, down };
  });

function poolDirection(given: z.infer<typeof direction>, builtIn: PoolDirection): PoolDirection {
  return {
    threshold: given?.threshold ?? builtIn.threshold,
    forMs: given?.for ?? builtIn.forMs,
    step: given?.step ?? builtIn.step,
    cooldownMs: given?.cooldown ?? builtIn.cooldownMs,
  };
}

const schema = z.strictObject({
  defaults: given.nullish(),
  services: z.record(z.string(), given.nullable()).nullish(),
  queries: z.record(queryName, scalar(parseText)).nullish(),
  workers: z
    .array(pool)
    .refine(
      (pools) => new Set(pools.map(({ name }) => name)).size === pools.length,
      'must name each pool once, of whatever infra: nodes carry the name alone (micado.pool)',
    )
    .nullish(),
});

/** @param document what the YAML holds; undefined or null (an empty file) is a policy that says nothing. */
export function parsePolicy(document: unknown): ParsedPolicy {
  const parsed = schema.safeParse(document ?? {}, { reportInput: true });
  if (!parsed.success) return { ok: false, problems: parsed.error.issues.flatMap(policyProblems) };
  const { defaults, services, queries, workers } = parsed.data;
  return {
    ok: true,
    policy: {
      defaults: defaults ?? NOTHING_GIVEN,
      services: new Map(Object.entries(services ?? {}).map(([name, of]) => [name, of ?? NOTHING_GIVEN])),
      queries: new Map(Object.entries(queries ?? {})),
      workers: workers ?? [],
    },
  };
}
