/** What `status`, `decisions` and `destroy` read of the executor's answers: the little that they show. Anything else may be there too. */
import { z } from 'zod';

const decision = z.object({
  time: z.string(),
  kind: z.string(),
  reason: z.string(),
  detail: z.string().optional(),
  from: z.number().optional(),
  to: z.number().optional(),
});
export type ShownDecision = Readonly<z.infer<typeof decision>>;

/** With its place in the journal, by which readers go on. All else of it is kept, for those who want all. */
const journalled = decision.extend({ id: z.number(), target: z.string() }).loose();
export type JournalledDecision = Readonly<z.infer<typeof journalled>>;
const page = z.object({ decisions: z.array(journalled) });

const targets = z.object({
  targets: z.array(
    z.object({
      target: z.string(),
      replicas: z.number().nullish(),
      running: z.number().nullish(),
      last_decision: decision.nullish(),
    }),
  ),
});
export type TargetAnswer = Readonly<z.infer<typeof targets>['targets'][number]>;

const bounds = z.object({ min: z.number().nullish(), max: z.number().nullish() });
const explanation = z.object({
  target: z.string(),
  now: decision,
  bounds: bounds.nullish(),
  service: z.object({ replicas: z.number().nullish(), running: z.number().nullish() }).nullish(),
  provider: z
    .object({
      name: z.string(),
      problem: z.string().optional(),
      target: z.number().optional(),
      vms: z.array(z.object({ id: z.string(), state: z.string() })).optional(),
      state: z.string().optional(),
      waits_for: z.string().optional(),
    })
    .nullish(),
  nodes: z
    .array(
      z.object({
        hostname: z.string(),
        vm: z.string().nullish(),
        state: z.string(),
        availability: z.string(),
        scraped: z.boolean(),
      }),
    )
    .nullish(),
  drain: z.object({ node: z.string(), phase: z.string() }).nullish(),
});
export type ExplanationAnswer = Readonly<z.infer<typeof explanation>>;

const status = z.object({
  dry_run: z.boolean(),
  paused: z.object({
    all: z.object({ reason: z.string() }).nullish(),
    targets: z.record(z.string(), z.object({ reason: z.string() })),
  }),
  parts: z.record(z.string(), z.object({ state: z.string(), problem: z.string().optional() })),
});
export type StatusAnswer = Readonly<z.infer<typeof status>>;

/** Undefined where the answer is not of that shape. */
export const parseTargets = (json: unknown): readonly TargetAnswer[] | undefined =>
  targets.safeParse(json).data?.targets;
export const parseExplanation = (json: unknown): ExplanationAnswer | undefined =>
  explanation.safeParse(json).data;
/** Newest first. */
export const parseDecisionPage = (json: unknown): readonly JournalledDecision[] | undefined =>
  page.safeParse(json).data?.decisions;
export const parseDecision = (json: unknown): JournalledDecision | undefined =>
  journalled.safeParse(json).data;
export const parseStatus = (json: unknown): StatusAnswer | undefined => status.safeParse(json).data;

const POOL_KEY = /^VM\/([^/]+)\/([^/]+)$/;
const SERVICE_KEY = /^docker\/([^/]+)$/;

/** The infrastructure and the node that a target names, where it is a pool. */
export function poolOfTarget(target: string): { readonly infra: string; readonly node: string } | undefined {
  const [, infra, node] = POOL_KEY.exec(target) ?? [];
  return infra === undefined || node === undefined ? undefined : { infra, node };
}

export const serviceOfTarget = (target: string): string | undefined => SERVICE_KEY.exec(target)?.[1];
export const poolTarget = (infra: string, node: string): string => `VM/${infra}/${node}`;
export const serviceTarget = (name: string): string => `docker/${name}`;
/** What somebody types: the name of a service, or a whole target. */
export const namedTarget = (name: string): string => (name.includes('/') ? name : serviceTarget(name));
