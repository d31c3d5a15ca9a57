/** The health of what the executor does not call itself, as Prometheus sees it by scraping. */
import type { Known } from '../world.ts';
import type { OverviewPart } from './overview-shape.ts';

/** One thing that Prometheus scrapes. */
export type Scraped = { readonly job: string; readonly instance: string; readonly isUp: boolean };

export type PartNow = Omit<OverviewPart, 'since'>;

const SHOWN_INSTANCES = 3;

export function describeScraped(
  name: string,
  scraped: Known<readonly Scraped[]>,
  quarantined: readonly string[] = [],
): PartNow {
  if (scraped.kind === 'away')
    return { name, state: 'unknown', reason: 'Prometheus, which watches it, cannot be asked.' };
  const all = scraped.value.filter(({ job }) => job === name);
  const down = all.filter(({ isUp }) => !isUp).map(({ instance }) => instance);
  if (all.length === 0) return { name, state: 'away', reason: `Prometheus scrapes no ${name}.` };
  if (down.length === all.length)
    return { name, state: 'away', reason: `No answer to Prometheus from ${listed(down)}.` };
  if (down.length > 0)
    return { name, state: 'late', reason: `${down.length} of ${all.length} do not answer: ${listed(down)}.` };
  if (quarantined.length > 0)
    return { name, state: 'late', reason: `Rules in quarantine: ${listed(quarantined)}.` };
  return { name, state: 'well', reason: all.length === 1 ? '' : `All ${all.length} answer.` };
}

function listed(names: readonly string[]): string {
  const shown = names.slice(0, SHOWN_INSTANCES).join(', ');
  return names.length > SHOWN_INSTANCES ? `${shown} and ${names.length - SHOWN_INSTANCES} more` : shown;
}
