/**
 * What a scrape asks for: `?collect[]=cpu&collect[]=lifecycle` (all collectors without it), and by when, as Prometheus says
 * in a header how long it will wait.
 */
import { didYouMean } from '../../internal/contract/nearest-name.ts';

export type ScrapeQuery =
  | {
      readonly kind: 'scrape';
      /** In the order of the collectors; each once. */
      readonly collectors: readonly string[];
      /** Infinity where Prometheus does not say. */
      readonly budgetMs: number;
    }
  | { readonly kind: 'refused'; readonly problem: string };

/** For sending the answer. */
const RESERVE_SECONDS = 0.5;
/** However little time there is, some of it is for reading. */
const LEAST_SHARE = 0.5;

/**
 * @param enabled the collectors that are on, in their order
 * @param known those that are switched off too
 */
export function parseScrapeQuery(
  query: string,
  timeoutHeader: string | undefined,
  enabled: readonly string[],
  known: readonly string[],
): ScrapeQuery {
  const asked = new URLSearchParams(query).getAll('collect[]');
  for (const name of asked) {
    if (enabled.includes(name)) continue;
    const problem = known.includes(name)
      ? `collector "${name}" is switched off by --no-collector.${name}`
      : `there is no collector "${name}"${didYouMean(name, enabled)}; there are ${enabled.join(', ')}`;
    return { kind: 'refused', problem };
  }
  const collectors = asked.length === 0 ? enabled : enabled.filter((name) => asked.includes(name));
  return { kind: 'scrape', collectors, budgetMs: budgetOf(timeoutHeader) };
}

function budgetOf(header: string | undefined): number {
  const seconds = /^\d+(\.\d+)?$/.test(header ?? '') ? Number(header) : Number.NaN;
  if (!(seconds > 0)) return Number.POSITIVE_INFINITY;
  return Math.max(seconds - RESERVE_SECONDS, seconds * LEAST_SHARE) * 1_000;
}
