/**
 * Occopus' answers, judged by their bodies: its refusals come as HTTP 200, and what it did not expect as a page of HTML. A
 * node that has no VM is absent from its report, and addresses are a text, a list or null.
 */
import { z } from 'zod';

export type OccopusAnswer =
  | { readonly kind: 'accepted'; readonly json: unknown }
  | { readonly kind: 'unknown_infrastructure' | 'unknown_node' | 'refused'; readonly reason: string }
  /** No answer of its API: the route is missing, or it failed. */
  | { readonly kind: 'unexpected' };

export type OccopusInstance = {
  readonly id: string;
  readonly addresses: readonly string[];
  readonly state: string;
};

export type OccopusNodeReport = {
  readonly instances: readonly OccopusInstance[];
  /** Undefined where its limits are no numbers, which it accepts in a descriptor. */
  readonly scaling: { readonly min: number; readonly max: number; readonly target: number } | undefined;
};

/** By node name. */
export type OccopusReport = ReadonlyMap<string, OccopusNodeReport>;

const refusal = z.object({ status_code: z.number(), reason: z.string() });
const reportSchema = z.record(
  z.string(),
  z.object({
    instances: z.record(
      z.string(),
      z.object({
        resource_address: z.union([z.string(), z.array(z.string())]).nullish(),
        state: z.string().default('unknown'),
      }),
    ),
    scaling: z.object({ min: z.number(), max: z.number(), target: z.number() }).optional().catch(undefined),
  }),
);

export function judgeOccopusAnswer(answer: {
  readonly status: number;
  readonly mediaType: string;
  readonly text: string;
}): OccopusAnswer {
  const isJson = answer.status === 200 && answer.mediaType === 'application/json';
  const json = isJson ? parseJson(answer.text) : undefined;
  if (json === undefined) return { kind: 'unexpected' };
  const refused = refusal.safeParse(json);
  if (!refused.success) return { kind: 'accepted', json };
  const { reason } = refused.data;
  if (/infrastructure .*does not exist/i.test(reason)) return { kind: 'unknown_infrastructure', reason };
  return { kind: reason.includes('does not exist') ? 'unknown_node' : 'refused', reason };
}

/** Undefined where it is no report. */
export function parseOccopusReport(json: unknown): OccopusReport | undefined {
  const parsed = reportSchema.safeParse(json);
  if (!parsed.success) return undefined;
  return new Map(
    Object.entries(parsed.data).map(([node, { instances, scaling }]) => {
      const list = Object.entries(instances).map(([id, { resource_address: address, state }]) => ({
        id,
        addresses: [address ?? []].flat().filter((one) => one !== ''),
        state,
      }));
      return [node, { instances: list, scaling }];
    }),
  );
}

/** Its key is misspelt in all versions; the documentation has it right. */
const listSchema = z.union([
  z.object({ infrastuctures: z.array(z.string()) }).transform((list) => list.infrastuctures),
  z.object({ infrastructures: z.array(z.string()) }).transform((list) => list.infrastructures),
]);

/** Ids of all infrastructures; undefined where it is no such list. */
export const parseOccopusList = (json: unknown): readonly string[] | undefined =>
  listSchema.safeParse(json).data;

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
