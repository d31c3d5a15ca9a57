/**
 * What Prometheus scrapes, with the time since when each is as it is. While somebody looks, a change is seen when it happens;
 * what was before, when nobody looked, Prometheus is asked once.
 */
import type { Clock } from '../internal/daemon/clock.ts';
import type { Scraped, ScrapedSince } from './core/overview/describe-parts.ts';
import { known, knownWithin } from './known.ts';
import type { LastSeen, SeriesReader } from './ports.ts';

/** After a longer pause between two looks it may have changed, and back. */
const WATCHED_MS = 10_000;
/** The past must not hold the look up: what comes later is told at a later look. */
const PAST_WITHIN_MS = 1_000;
const PAST_AGAIN_MS = 10_000;

export function createScrapedSince(
  series: Pick<SeriesReader, 'scraped' | 'lastSeen'>,
  clock: Clock,
): () => Promise<readonly ScrapedSince[]> {
  let seen: ReadonlyMap<string, ScrapedSince> = new Map();
  let seenMs = Number.NEGATIVE_INFINITY;
  let past: ReadonlyMap<string, LastSeen> = new Map();
  let pastDueMs = Number.NEGATIVE_INFINITY;
  const lookBack = async (): Promise<void> => {
    pastDueMs = Number.POSITIVE_INFINITY;
    const told = await known(() => series.lastSeen());
    if (told.kind === 'known') past = new Map(told.value.map((one) => [keyOf(one), one]));
    else pastDueMs = clock.now() + PAST_AGAIN_MS;
  };
  return async () => {
    const isWatched = clock.now() - seenMs < WATCHED_MS;
    if (!isWatched) past = new Map();
    const [scraped] = await Promise.all([
      series.scraped(),
      isWatched && clock.now() < pastDueMs ? undefined : knownWithin(PAST_WITHIN_MS, clock, lookBack),
    ]);
    const nowMs = clock.now();
    const all = scraped.map((one): ScrapedSince => {
      const before = isWatched ? seen.get(keyOf(one)) : undefined;
      if (before !== undefined && before.isUp !== one.isUp) return { ...one, sinceMs: nowMs };
      return { ...one, sinceMs: before?.sinceMs ?? changeOf(one, past.get(keyOf(one))) };
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
