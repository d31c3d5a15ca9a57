/** The log of decisions: live at the top, older ones on demand, each with its reason in words. */
import { readDecisions } from './api.ts';
import { button, byId, choice, element, searchField, setText } from './element.ts';
import {
  describeTime,
  describeVerdict,
  matchesText,
  type ShownDecision,
  sayWhy,
  targetName,
} from './words.ts';

export type DecisionsView = {
  /** Those that it has already are not shown twice. */
  add(decisions: readonly ShownDecision[]): void;
  setNext(next: number | null): void;
};

const KEPT = 500;
const KINDS = {
  all: 'All kinds',
  scale: 'Scaled',
  step: 'Steps',
  hold: 'Held',
  reject: 'Rejected',
  outside: 'By others',
};

export function createDecisionsView(onWhy: (target: string) => void): DecisionsView {
  const list = byId('decisions');
  const empty = byId('no-decisions');
  const older = byId('older');
  const rows = new Map<number, { readonly decision: ShownDecision; readonly row: HTMLElement }>();
  let text = '';
  let kind = 'all';
  let next: number | null = null;
  const render = (): void => {
    let count = 0;
    for (const { decision, row } of rows.values()) {
      row.hidden = !matchesText(decision, text) || (kind !== 'all' && decision.kind !== kind);
      if (!row.hidden) count += 1;
    }
    setText(
      empty,
      rows.size === 0
        ? 'Nothing was decided yet. A line appears here with the first alert.'
        : 'No decision of those read so far is like that.',
    );
    empty.hidden = count > 0;
    list.hidden = count === 0;
    older.hidden = next === null;
  };
  byId('decision-controls').append(
    choice('Kind of decision', KINDS, (value) => {
      kind = value;
      render();
    }),
    searchField('Filter decisions', (value) => {
      text = value;
      render();
    }),
  );
  const view: DecisionsView = {
    add(decisions) {
      for (const decision of decisions) {
        if (rows.has(decision.id)) continue;
        const row = createRow(decision, onWhy);
        rows.set(decision.id, { decision, row });
        list.insertBefore(row, firstOlder(list, decision.id));
      }
      forgetOldest(rows);
      render();
    },
    setNext(value) {
      next = value;
      render();
    },
  };
  older.addEventListener('click', () => {
    readDecisions({ limit: '100', before: String(next) })
      .then((page) => {
        view.add(page.decisions);
        view.setNext(rows.size >= KEPT ? null : page.next);
      })
      .catch(() => undefined);
  });
  return view;
}

/** Ids grow with time; nearly always it is the first row. */
function firstOlder(list: HTMLElement, id: number): Element | null {
  for (const row of list.children) if (Number(row.getAttribute('data-id')) < id) return row;
  return null;
}

function forgetOldest(rows: Map<number, { readonly row: HTMLElement }>): void {
  if (rows.size <= KEPT) return;
  for (const id of [...rows.keys()].toSorted((a, b) => a - b).slice(0, rows.size - KEPT)) {
    rows.get(id)?.row.remove();
    rows.delete(id);
  }
}

function createRow(decision: ShownDecision, onWhy: (target: string) => void): HTMLElement {
  const { id, time, target, kind } = decision;
  return element(
    'li',
    { class: 'decision', 'data-id': String(id), 'data-kind': kind },
    element('time', { datetime: time, title: time }, describeTime(time, Date.now())),
    element('span', { class: 'who' }, targetName(target) || target),
    element('span', { class: 'what' }, describeVerdict(decision)),
    element('span', { class: 'words' }, sayWhy(decision)),
    button('Why?', () => onWhy(target), 'plain'),
  );
}
