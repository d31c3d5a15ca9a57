/**
 * A user's own expression on its way into a rule. It stands there only in the form in which Prometheus printed it back
 * after parsing it alone, so it can neither break the file nor leave its brackets.
 */
import { parseDurationMs } from '../../internal/contract/duration.ts';

/** `{{service}}` becomes the service's name, as the content of a PromQL string. */
export function fillInService(query: string, service: string): string {
  const escaped = service.replace(/[\\"'`]/g, (character) => `\\${character}`);
  return query.replace(/\{\{\s*service\s*\}\}/g, () => escaped);
}

/** Printed PromQL has line breaks between tokens only: strings are printed with escapes. */
export function onOneLine(formatted: string): string {
  return formatted.replace(/\s*\n\s*/g, ' ').trim();
}

/** Asked beside the query itself: only what has the type "instant vector" can be summed. */
export const summed = (formatted: string): string => `sum(${formatted})`;

/** What the target Prometheus said about an expression. */
export type QueryVerdict =
  | { readonly kind: 'accepted'; readonly formatted: string }
  | { readonly kind: 'refused'; readonly message: string }
  | { readonly kind: 'unchecked' };

/** The verdict on a query from Prometheus' two answers: on itself and on its sum. */
export function judgeQuery(alone: QueryVerdict, inSum: QueryVerdict): QueryVerdict {
  if (alone.kind !== 'accepted') return alone;
  switch (inSum.kind) {
    case 'unchecked':
      return inSum;
    case 'refused':
      return {
        kind: 'refused',
        message: `is ${typeGot(inSum.message)}, but must be an instant vector that can be summed`,
      };
    case 'accepted': {
      const formatted = onOneLine(alone.formatted);
      return UNFIT_FOR_YAML.test(formatted)
        ? { kind: 'refused', message: 'holds characters that cannot stand in a rule file' }
        : { kind: 'accepted', formatted };
    }
  }
}

/** Control characters, line and paragraph separators, lone surrogates, byte order marks. */
const UNFIT_FOR_YAML = /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\uFEFF]/u;

function typeGot(message: string): string {
  return /got (scalar|range vector|string)/.exec(message)?.[1]?.replace(/^/, 'a ') ?? 'of another type';
}

/** The shortest of its ranges, `[5m]` or `[1h:5m]`; undefined where it has none. */
export function shortestRangeMs(query: string): number | undefined {
  const withoutStrings = query.replace(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`|#.*/g, '""');
  const ranges = [...withoutStrings.matchAll(/\[\s*(\w+)\s*(?::[^\]]*)?\]/g)].flatMap(
    ([, range = '']) => parseDurationMs(range) ?? [],
  );
  return ranges.length === 0 ? undefined : Math.min(...ranges);
}
