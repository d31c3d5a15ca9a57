/**
 * What Prometheus scrapes, with the time since when each is as it is. While somebody looks, a change is seen when it happens;
 * what was before, when nobody looked, Prometheus is asked once.
 */
import type { Clock } from '../internal/daemon/clock.ts';
import type { Scraped, ScrapedSince } from './core/overview/describe-parts.ts';
import { knownWithin } from './known.ts';
import type { LastSeen, SeriesReader } from './ports.ts';

/** After a longer pause between two looks it may have changed, and back. */
const WATCHED_MS = 10_000;
/** The past must not hold the look up: without it there are no times, and all else. */
const PAST_WITHIN_MS = 1_000;
const PAST_AGAIN_MS = 30_000;

export function createScrapedSince(
  series: Pick<SeriesReader, 'scraped' | 'lastSeen'>,
  clock: Clock,
): () => Promise<readonly ScrapedSince[]> {
  let seen: ReadonlyMap<string, ScrapedSince> = new Map();
  let seenMs = Number.NEGATIVE_INFINITY;
  let pastDueMs = Number.POSITIVE_INFINITY;
  return async () => {
    const isWatched = clock.now() - seenMs < WATCHED_MS;
    const [scraped, past] = await Promise.all([
      series.scraped(),
      isWatched && clock.now() < pastDueMs
        ? undefined
        : knownWithin(PAST_WITHIN_MS, clock, () => series.lastSeen()),
    ]);
    const nowMs = clock.now();
    if (past !== undefined)
      pastDueMs = past.kind === 'known' ? Number.POSITIVE_INFINITY : nowMs + PAST_AGAIN_MS;
    const times = new Map(past?.kind === 'known' ? past.value.map((one) => [keyOf(one), one]) : []);
    const all = scraped.map((one): ScrapedSince => {
      const before = isWatched ? seen.get(keyOf(one)) : undefined;
      if (before !== undefined && before.isUp !== one.isUp) return { ...one, sinceMs: nowMs };
      return { ...one, sinceMs: before?.sinceMs ?? changeOf(one, times.get(keyOf(one))) };
    });
    seen = new Map(all.map((one) => [keyOf(one), one]));
    seenMs = nowMs;
    return all;
  };
}

const keyOf = ({ job, instance }: Pick<Scraped, 'job' | 'instance'>): string => `${job} ${instance}`;

/** What is up now became so when it was down last, and the other way round. */
const changeOf = ({ isUp }: Scraped, past: LastSeen | undefined): number | undefined =>
  isUp ? past?.downMs : past?.upMs;
