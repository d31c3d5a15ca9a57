/**
 * What Prometheus scrapes, with the time since when each is as it is. While somebody looks, a change is seen when it happens;
 * what was before, when nobody looked, Prometheus is asked once.
 */
import type { Clock } from '../internal/daemon/clock.ts';
import type { Scraped, ScrapedSince } from './core/overview/describe-parts.ts';
import { known } from './known.ts';
import type { LastSeen, SeriesReader } from './ports.ts';

/** After a longer pause between two looks it may have changed, and back. */
const WATCHED_MS = 10_000;

export function createScrapedSince(
  series: Pick<SeriesReader, 'scraped' | 'lastSeen'>,
  clock: Clock,
): () => Promise<readonly ScrapedSince[]> {
  let seen: ReadonlyMap<string, ScrapedSince> = new Map();
  let seenMs = Number.NEGATIVE_INFINITY;
  return async () => {
    const isWatched = clock.now() - seenMs < WATCHED_MS;
    const [scraped, asked] = await Promise.all([
      series.scraped(),
      isWatched ? undefined : known(() => series.lastSeen()),
    ]);
    const nowMs = clock.now();
    const past = new Map(asked?.kind === 'known' ? asked.value.map((one) => [keyOf(one), one]) : []);
    const all = scraped.map((one): ScrapedSince => {
      const before = isWatched ? seen.get(keyOf(one)) : undefined;
      if (before === undefined) return { ...one, sinceMs: changeOf(one, past.get(keyOf(one))) };
      return before.isUp === one.isUp ? before : { ...one, sinceMs: nowMs };
    });
    seen = new Map(all.map((one) => [keyOf(one), one]));
    // Where the past could not be told it is asked for again.
    if (asked?.kind !== 'away') seenMs = nowMs;
    return all;
  };
}

const keyOf = ({ job, instance }: Pick<Scraped, 'job' | 'instance'>): string => `${job} ${instance}`;

/** What is up now became so when it was down last, and the other way round. */
const changeOf = ({ isUp }: Scraped, past: LastSeen | undefined): number | undefined =>
  isUp ? past?.downMs : past?.upMs;
