/** What `micado why` reads of the executor's explanation of a service or of a pool of workers. */
import { z } from 'zod';

const decision = z.object({
  time: z.string(),
  kind: z.string(),
  reason: z.string(),
  sentence: z.string().optional(),
  detail: z.string().optional(),
  until: z.string().optional(),
  from: z.number().optional(),
  to: z.number().optional(),
});
export type ExplainedDecision = Readonly<z.infer<typeof decision>>;

const cooldown = z.object({ length_s: z.number(), left_s: z.number() });
const schema = z.object({
  target: z.string(),
  now: decision,
  to_act: z.string(),
  paused: z.object({ reason: z.string(), since: z.string() }).nullish(),
  dry_run: z.boolean().optional(),
  service: z
    .object({
      replicas: z.number().nullish(),
      running: z.number(),
      nodes_take: z.number().nullish(),
      keep: z.boolean().optional(),
      update_state: z.string().nullish(),
    })
    .nullish(),
  bounds: z
    .object({
      min: z.number(),
      max: z.number(),
      from: z.string().nullish(),
      ceiling: z.number().optional(),
    })
    .nullish(),
  alerts: z.array(
    z.object({
      name: z.string(),
      state: z.string(),
      value: z.union([z.number(), z.string()]),
      threshold: z.string().optional(),
      active_at: z.string(),
      silenced_by: z.array(z.string()).optional(),
      inhibited_by: z.array(z.string()).optional(),
    }),
  ),
  cooldowns: z
    .object({
      up: cooldown,
      down: cooldown,
      last_change: z.string().nullable(),
      last_change_by: z.string().nullable(),
    })
    .nullish(),
  rollback: z.string().nullish(),
  nodes: z
    .array(
      z.object({
        hostname: z.string(),
        state: z.string(),
        availability: z.string(),
        busy: z.number().nullish(),
        tasks: z.number(),
        may_go: z.string(),
      }),
    )
    .nullish(),
  drain: z.object({ node: z.string(), phase: z.string() }).nullish(),
  provider: z.looseObject({ name: z.string(), waits_for: z.string().optional() }).nullish(),
  away: z.record(z.string(), z.string()),
  last_decisions: z.array(decision),
});

export type ExplainedTarget = Readonly<z.infer<typeof schema>>;

/** Undefined where the answer is not of that shape. */
export const parseExplainedTarget = (json: unknown): ExplainedTarget | undefined =>
  schema.safeParse(json).data;
