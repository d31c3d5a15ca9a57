/** The health of what the executor does not call itself, as Prometheus sees it by scraping. */
import type { Known } from '../world.ts';
import type { MissingInstance, OverviewPart, PartColour } from './overview-shape.ts';

/** One thing that Prometheus scrapes. */
export type Scraped = { readonly job: string; readonly instance: string; readonly isUp: boolean };

/** Since when it is so; undefined where nobody knows. */
export type ScrapedSince = Scraped & { readonly sinceMs: number | undefined };

const SHOWN_INSTANCES = 3;

export function describeScraped(
  name: string,
  scraped: Known<readonly ScrapedSince[]>,
  quarantined: readonly string[] = [],
): OverviewPart {
  const part = (
    state: PartColour,
    reason: string,
    sinceMs?: number,
    missing: readonly MissingInstance[] = [],
  ): OverviewPart => ({ name, state, reason, since: isoOrNull(sinceMs), missing });
  if (scraped.kind === 'away') return part('unknown', 'Prometheus, which watches it, cannot be asked.');
  const all = scraped.value.filter(({ job }) => job === name);
  const down = all.filter(({ isUp }) => !isUp);
  const missing = down.map(({ instance, sinceMs }) => ({ name: instance, since: isoOrNull(sinceMs) }));
  const who = listed(down.map(({ instance }) => instance));
  if (all.length === 0) return part('away', `Prometheus scrapes no ${name}.`);
  if (down.length === all.length)
    return part('away', `No answer to Prometheus from ${who}.`, latest(down), missing);
  if (down.length > 0)
    return part('late', `${down.length} of ${all.length} do not answer: ${who}.`, earliest(down), missing);
  if (quarantined.length > 0) return part('late', `Rules in quarantine: ${listed(quarantined)}.`);
  return part('well', all.length === 1 ? '' : `All ${all.length} answer.`, latest(all));
}

/** Some of them are missing since the first went away, which one of unknown time may be. */
const earliest = (all: readonly ScrapedSince[]): number | undefined =>
  all.some(({ sinceMs }) => sinceMs === undefined) ? undefined : Math.min(...timesOf(all));

/** All of them are as they are since the last became so; one of unknown time became so before all that is known. */
const latest = (all: readonly ScrapedSince[]): number | undefined => {
  const times = timesOf(all);
  return times.length === 0 ? undefined : Math.max(...times);
};

const timesOf = (all: readonly ScrapedSince[]): readonly number[] =>
  all.flatMap(({ sinceMs }) => sinceMs ?? []);

const isoOrNull = (timeMs: number | undefined): string | null =>
  timeMs === undefined ? null : new Date(timeMs).toISOString();

function listed(names: readonly string[]): string {
  const shown = names.slice(0, SHOWN_INSTANCES).join(', ');
  return names.length > SHOWN_INSTANCES ? `${shown} and ${names.length - SHOWN_INSTANCES} more` : shown;
}
