/** The first look: one sentence, and a box for each part. */
import type { Overview, OverviewPart } from '../../core/overview/overview-shape.ts';
import { byId, element, setAttribute, setText } from './element.ts';
import { describeAge, describeHeadline, describeLost, describeTime, partName, STATE_WORD } from './words.ts';

export type HealthView = {
  show(overview: Overview): void;
  /** Nobody answers: what is shown is of then. */
  showLost(lastIso: string | undefined): void;
};

export function createHealthView(): HealthView {
  const headline = byId('headline');
  const notice = byId('notice');
  const list = byId('parts');
  const boxes = new Map<string, (part: OverviewPart, nowMs: number) => void>();
  const show = (overview: Overview): void => {
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
  return {
    show(overview) {
      setAttribute(byId('main'), 'data-stale', false);
      show(overview);
    },
    showLost(lastIso) {
      setAttribute(byId('main'), 'data-stale', true);
      setText(headline, describeLost(lastIso, Date.now()));
    },
  };
}

function createBox(list: HTMLElement): (part: OverviewPart, nowMs: number) => void {
  const name = element('b');
  const state = element('span', { class: 'state mark' });
  const reason = element('span', { class: 'reason' });
  const missing = element('ul');
  const missingBox = element('details', {}, element('summary', {}, 'Each of them'), missing);
  const box = element('li', { class: 'part' }, name, state, reason, missingBox);
  list.append(box);
  let shownLines = '';
  return (part, nowMs) => {
    setAttribute(box, 'data-state', part.state);
    setAttribute(box, 'data-part', part.name);
    setText(name, partName(part.name));
    const since = part.since === null ? '' : ` for ${describeAge(nowMs - Date.parse(part.since))}`;
    setText(state, `${STATE_WORD[part.state]}${since}`);
    setText(reason, part.reason);
    missingBox.hidden = part.missing.length === 0;
    const lines = part.missing.map((one) =>
      one.since === null ? one.name : `${one.name} since ${describeTime(one.since, nowMs)}`,
    );
    if (lines.join() === shownLines) return;
    shownLines = lines.join();
    missing.replaceChildren(...lines.map((line) => element('li', {}, line)));
  };
}
