/** What only the master knows of an infrastructure, its own address and the worker token of the day, goes in last. */
import { JSON_SCHEMA, load } from 'js-yaml';
import { z } from 'zod';
import { dumpYaml } from './dump-yaml.ts';
import { DESCRIPTOR_VARIABLE } from './jinja.ts';

const schema = z.looseObject({
  nodes: z
    .array(
      z.looseObject({
        name: z.string(),
        scaling: z.looseObject({ min: z.number().int(), max: z.number().int() }),
      }),
    )
    .min(1),
  variables: z.record(z.string(), z.unknown()).optional(),
});

export type CompletedInfrastructure =
  | {
      readonly ok: true;
      readonly text: string;
      readonly nodes: readonly { readonly name: string; readonly min: number; readonly max: number }[];
    }
  | { readonly ok: false; readonly problem: string };

export type MasterFacts = { readonly masterAddress: string; readonly joinToken: string };

export function completeInfrastructure(source: string, facts: MasterFacts): CompletedInfrastructure {
  const parsed = schema.safeParse(readYaml(source));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return { ok: false, problem: `${issue?.path.join('.') || 'the document'}: ${issue?.message}` };
  }
  const variables = {
    ...parsed.data.variables,
    [DESCRIPTOR_VARIABLE.masterAddress]: facts.masterAddress,
    [DESCRIPTOR_VARIABLE.joinToken]: facts.joinToken,
  };
  const nodes = parsed.data.nodes.map(({ name, scaling: { min, max } }) => ({ name, min, max }));
  const text = `# written by micado submit; holds the worker token\n${dumpYaml({ ...parsed.data, variables })}`;
  return { ok: true, text, nodes };
}

/** A document that cannot be read is none. */
function readYaml(source: string): unknown {
  try {
    return load(source, { schema: JSON_SCHEMA });
  } catch {
    return undefined;
  }
}
