/** The first look: one sentence, and a box for each part. */
import type { Overview, OverviewPart } from '../../core/overview/overview-shape.ts';
import { byId, element, setAttribute, setText } from './element.ts';
import { describeAge, describeHeadline, partName, STATE_WORD } from './words.ts';

export function createHealthView(): (overview: Overview) => void {
  const headline = byId('headline');
  const notice = byId('notice');
  const list = byId('parts');
  const boxes = new Map<string, (part: OverviewPart, nowMs: number) => void>();
  return (overview) => {
    setText(headline, describeHeadline(overview));
    const { paused, dry_run: isDryRun } = overview;
    const words = [
      ...(paused === null ? [] : [`Nothing is scaled until somebody resumes. ${paused.reason}`]),
      ...(isDryRun ? ['Dry run: decisions are made and recorded, and nothing is changed.'] : []),
    ].join(' ');
    setText(notice, words);
    notice.hidden = words === '';
    const nowMs = Date.parse(overview.time);
    for (const part of overview.parts) {
      const update = boxes.get(part.name) ?? createBox(list);
      boxes.set(part.name, update);
      update(part, nowMs);
    }
  };
}

function createBox(list: HTMLElement): (part: OverviewPart, nowMs: number) => void {
  const name = element('b');
  const state = element('span', { class: 'state mark' });
  const reason = element('span', { class: 'reason' });
  const box = element('li', { class: 'part' }, name, state, reason);
  list.append(box);
  return (part, nowMs) => {
    setAttribute(box, 'data-state', part.state);
    setAttribute(box, 'data-part', part.name);
    setText(name, partName(part.name));
    const since = part.since === null ? '' : ` for ${describeAge(nowMs - Date.parse(part.since))}`;
    setText(state, `${STATE_WORD[part.state]}${since}`);
    setText(reason, part.reason);
  };
}
