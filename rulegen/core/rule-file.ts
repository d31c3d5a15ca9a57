/** A rule file as text and as what Prometheus will read from it: exactly one group, named as the file, alerts only. */
import { load } from 'js-yaml';
import { z } from 'zod';
import { RULE_FILE_MARK } from '../../internal/contract/alerts.ts';

export type AlertRule = {
  readonly alert: string;
  readonly expr: string;
  /** A Prometheus duration; absent means at once. */
  readonly for: string;
  readonly keepFiringFor: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
};

export type RuleFile = {
  /** `service-web.yml`. */
  readonly name: string;
  readonly text: string;
  readonly rules: readonly AlertRule[];
};

export type ParsedRuleFile = { readonly file: RuleFile } | { readonly problem: string };

const texts = z.record(z.string().regex(/^[a-zA-Z_]\w*$/), z.string()).default({});
const schema = z.strictObject({
  groups: z.tuple([
    z.strictObject({
      name: z.string(),
      rules: z.array(
        z.strictObject({
          alert: z.string().min(1),
          expr: z.string().min(1),
          for: z.string().default('0s'),
          keep_firing_for: z.string().default('0s'),
          labels: texts,
          annotations: texts,
        }),
      ),
    }),
  ]),
});

export const groupName = (fileName: string): string => fileName.replace(/\.yml$/, '');

export const ruleFileHeader = (version: string): string => `${RULE_FILE_MARK} ${version}; do not edit`;

export function isOwnText(text: string): boolean {
  return text.startsWith(`${RULE_FILE_MARK} `);
}

export function parseRuleFile(name: string, text: string): ParsedRuleFile {
  if (!isOwnText(text)) return { problem: `the first line must begin with "${RULE_FILE_MARK}"` };
  let document: unknown;
  try {
    document = load(text);
  } catch (error) {
    return { problem: `not YAML: ${error instanceof Error ? error.message : String(error)}` };
  }
  const parsed = schema.safeParse(document);
  if (!parsed.success) return { problem: `not a rule file: ${z.prettifyError(parsed.error)}` };
  const [group] = parsed.data.groups;
  if (group.name !== groupName(name))
    return { problem: `the group must be named "${groupName(name)}", not "${group.name}"` };
  const rules = group.rules.map(({ keep_firing_for: keepFiringFor, ...rule }) => ({
    ...rule,
    keepFiringFor,
  }));
  return { file: { name, text, rules } };
}
