/** What templates can do with a value. templates/README.md shows each of them. */
import { formatDuration } from '../../internal/contract/duration.ts';
import { promqlString } from '../core/template-views.ts';

export const TEMPLATE_HELPERS = {
  /** A YAML scalar that is text, whatever it holds. */
  yaml: (value: unknown) => yamlString(String(value)),
  /** Milliseconds as a Prometheus duration. */
  duration: (ms: unknown) => formatDuration(finite(ms)),
  number: (value: unknown) => String(finite(value)),
  /** A PromQL string, quotes included: the value of a label in a selector. */
  promql: (value: unknown) => promqlString(String(value)),
};

export const KNOWN_HELPERS = Object.fromEntries(Object.keys(TEMPLATE_HELPERS).map((name) => [name, true]));

/** JSON's escapes are YAML's. What JSON lets stand and YAML does not is escaped too; half a character is none. */
function yamlString(text: string): string {
  return JSON.stringify(text.replace(/\p{Cs}/gu, '\uFFFD')).replace(
    /[\u007F-\u009F\u2028\u2029\uFEFF\uFFFE\uFFFF]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function finite(value: unknown): number {
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  throw new Error(`"${String(value)}" is not a number`);
}
