/**
 * The policy file: unknown in, typed out, and every problem named. A file with any problem is refused whole, so that half
 * of a policy never holds; the last good one does. MiCADO 0.3.1's scaling_policy.yaml is valid as it is.
 */
import { z } from 'zod';
import type { Policy, PoolDirection, WorkerPool } from './policy.ts';
import { policyProblems } from './policy-problems.ts';
import type { Problem } from './problem.ts';
import { parseDecimal, parseDuration, parseStep, parseText, type SettingParser } from './setting-kinds.ts';
import { type GivenSettings, SETTINGS } from './settings.ts';

export type ParsedPolicy =
  | { readonly ok: true; readonly policy: Policy }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** A scalar that passes through the same parser as a label's text. */
const scalar = <T>(parse: SettingParser<T>) =>
  z.unknown().transform((raw, context): T => {
    const parsed = ['string', 'number', 'boolean'].includes(typeof raw)
      ? parse(String(raw))
      : { form: 'one value, not a list, a mapping or nothing' };
    if ('value' in parsed) return parsed.value;
    context.addIssue({ code: 'custom', message: `must be ${parsed.form}` });
    return z.NEVER;
  });

const optionalScalar = <T>(parse: SettingParser<T>) => scalar(parse).optional();

const direction = z
  .preprocess(
    (raw) => (typeof raw === 'object' && raw !== null ? raw : { threshold: raw }),
    z.strictObject({
      threshold: optionalScalar(parseDecimal({ positive: false })),
      for: optionalScalar(parseDuration),
      step: optionalScalar(parseStep),
      cooldown: optionalScalar(parseDuration),
    }),
  )
  .optional();

const settings = z
  .strictObject({
    scale: optionalScalar(SETTINGS.scale.parse),
    min: optionalScalar(SETTINGS.min.parse),
    max: optionalScalar(SETTINGS.max.parse),
    metric: optionalScalar(SETTINGS.metric.parse),
    query: optionalScalar(SETTINGS.query.parse),
    scaleup: direction,
    scaledown: direction,
    strategy: optionalScalar(SETTINGS.strategy.parse),
    target: optionalScalar(SETTINGS.target.parse),
    scrape: z
      .strictObject({
        port: optionalScalar(SETTINGS.scrapePort.parse),
        path: optionalScalar(SETTINGS.scrapePath.parse),
      })
      .optional(),
  })
  .transform(flatten);

function flatten({ scaleup, scaledown, scrape, ...plain }: Record<string, unknown>): GivenSettings {
  const up = (scaleup ?? {}) as Record<string, unknown>;
  const down = (scaledown ?? {}) as Record<string, unknown>;
  const { port, path } = (scrape ?? {}) as Record<string, unknown>;
  const all = {
    ...plain,
    scaleup: up['threshold'],
    scaleupFor: up['for'],
    scaleupStep: up['step'],
    scaleupCooldown: up['cooldown'],
    scaledown: down['threshold'],
    scaledownFor: down['for'],
    scaledownStep: down['step'],
    scaledownCooldown: down['cooldown'],
    scrapePort: port,
    scrapePath: path,
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)) as GivenSettings;
}

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
  defaults: settings.nullish(),
  services: z.record(z.string(), settings.nullable()).nullish(),
  queries: z.record(queryName, scalar(parseText)).nullish(),
  workers: z
    .array(pool)
    .refine(
      (pools) => new Set(pools.map(({ name }) => name)).size === pools.length,
      'must name each pool once',
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
      defaults: defaults ?? {},
      services: new Map(Object.entries(services ?? {}).map(([name, given]) => [name, given ?? {}])),
      queries: new Map(Object.entries(queries ?? {})),
      workers: workers ?? [],
    },
  };
}
