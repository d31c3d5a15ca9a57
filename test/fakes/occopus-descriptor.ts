/** What Occopus 1.10 takes for the description of an infrastructure: these keys and no others. */
import { load } from 'js-yaml';
import { z } from 'zod';

const name = z.string().regex(/^[A-Za-z0-9-]{1,63}$/);
const variables = z.record(z.string(), z.unknown());

const schema = z.strictObject({
  user_id: z.string().min(1),
  infra_name: name,
  nodes: z
    .array(
      z.strictObject({
        name,
        type: z.string().min(1),
        // A text here is taken, and then breaks every pass of the maintenance.
        scaling: z.strictObject({ min: z.int().min(1), max: z.int().min(1) }),
        filter: z.record(z.string(), z.unknown()).optional(),
        variables: variables.optional(),
      }),
    )
    .min(1),
  dependencies: z.array(z.unknown()).optional(),
  variables: variables.optional(),
});

export type OccopusDescriptor = z.infer<typeof schema>;

export type ParsedDescriptor =
  | { readonly ok: true; readonly descriptor: OccopusDescriptor }
  | { readonly ok: false; readonly problem: string };

export function parseOccopusDescriptor(text: string): ParsedDescriptor {
  const parsed = schema.safeParse(load(text));
  return parsed.success
    ? { ok: true, descriptor: parsed.data }
    : { ok: false, problem: z.prettifyError(parsed.error) };
}
