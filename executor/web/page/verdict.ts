/** What was decided last, in words; written anew only when it has changed. */
import type { Verdict } from '../../core/overview/overview-shape.ts';
import { element, setText } from './element.ts';
import { describeVerdict, sayWhy } from './words.ts';

export function showVerdict(place: HTMLElement, verdict: Verdict | null): void {
  if (verdict === null) {
    setText(place, 'Nothing had to be decided about it yet.');
    return;
  }
  const words = `${describeVerdict(verdict)}: ${sayWhy(verdict)}`;
  if (place.title === words && place.textContent !== '') return;
  place.title = words;
  place.replaceChildren(element('b', {}, describeVerdict(verdict)), ` ${sayWhy(verdict)}`);
}
