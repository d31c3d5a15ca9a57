/**
 * Occopus' answers, judged by their bodies: its refusals come as HTTP 200, and what it did not expect as a page of HTML. A
 * node that has no VM is absent from its report, and addresses are a text, a list or null.
 */
import { z } from 'zod';

export type InfrastructureVm = {
  readonly id: string;
  /** The node of the descriptor, which is the pool's name. */
  readonly node: string;
  readonly addresses: readonly string[];
};

export type OccopusAnswer =
  | { readonly kind: 'accepted'; readonly json: unknown }
  | { readonly kind: 'unknown_infrastructure' }
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'unintelligible' };

const refusal = z.object({ status_code: z.number(), reason: z.string() });
const report = z.record(
  z.string(),
  z.object({
    instances: z.record(
      z.string(),
      z.object({ resource_address: z.union([z.string(), z.array(z.string()), z.null()]).optional() }),
    ),
  }),
);

export function judgeAnswer(answer: {
  readonly status: number;
  readonly mediaType: string;
  readonly text: string;
}): OccopusAnswer {
  const json =
    answer.status === 200 && answer.mediaType === 'application/json' ? parseJson(answer.text) : undefined;
  if (json === undefined) return { kind: 'unintelligible' };
  const refused = refusal.safeParse(json);
  if (!refused.success) return { kind: 'accepted', json };
  const { reason } = refused.data;
  return /infrastructure .*does not exist/i.test(reason)
    ? { kind: 'unknown_infrastructure' }
    : { kind: 'refused', reason };
}

/** The VMs of a report, or undefined where it is none. */
export function parseReport(json: unknown): readonly InfrastructureVm[] | undefined {
  const parsed = report.safeParse(json);
  if (!parsed.success) return undefined;
  return Object.entries(parsed.data).flatMap(([node, { instances }]) =>
    Object.entries(instances).map(([id, { resource_address: address }]) => ({
      id,
      node,
      addresses: [address ?? []].flat().filter((one) => one !== ''),
    })),
  );
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
