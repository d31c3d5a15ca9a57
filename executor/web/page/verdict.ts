/** What is so of a service or pool, in words; written anew only when it has changed. */
import type { OverviewAlert, OverviewPool, Verdict } from '../../core/overview/overview-shape.ts';
import { element, setText } from './element.ts';
import { describeAlerts, describeVerdict, sayWhy } from './words.ts';

export function showAlerts(place: HTMLElement, alerts: readonly OverviewAlert[], nowMs: number): void {
  const words = describeAlerts(alerts, nowMs);
  setText(place, words);
  place.title = words;
}

/** What was decided last, or why nothing can be. */
export function showNews(
  place: HTMLElement,
  { verdict, quarantined }: Pick<OverviewPool, 'verdict' | 'quarantined'>,
): void {
  if (quarantined.length === 0) showVerdict(place, verdict);
  else
    setText(
      place,
      `${quarantined.join(', ')} is not what its labels ask for; rulegen says what is wrong with them.`,
    );
}

function showVerdict(place: HTMLElement, verdict: Verdict | null): void {
  if (verdict === null) {
    setText(place, 'Nothing had to be decided about it yet.');
    return;
  }
  const words = `${describeVerdict(verdict)}: ${sayWhy(verdict)}`;
  if (place.title === words && place.textContent !== '') return;
  place.title = words;
  place.replaceChildren(element('b', {}, describeVerdict(verdict)), ` ${sayWhy(verdict)}`);
}
