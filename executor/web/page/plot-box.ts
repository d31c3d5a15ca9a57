/** The place of a plot: it keeps its height from the first moment, and says why where there is nothing to plot. */
import type { OverviewTerms, TargetHistory } from '../../core/overview/overview-shape.ts';
import { element, setAttribute, setText } from './element.ts';
import type { HistoryFeed } from './history-feed.ts';
import { createPlot, type Plot } from './plot.ts';
import {
  describeFigure,
  describeThresholds,
  describeTime,
  metricName,
  plottedThresholds,
  unitOf,
} from './words.ts';

export type PlotBox = {
  readonly place: HTMLElement;
  setTerms(terms: OverviewTerms): void;
  remove(): void;
};

export function createPlotBox(
  target: string,
  name: string,
  feed: HistoryFeed,
  onValue: (value: number | undefined) => void,
): PlotBox {
  const note = element('p', { class: 'plot-note' }, 'Reading its past …');
  const place = element('div', { class: 'plot', role: 'img' }, note);
  let plot: Plot | undefined;
  let terms: OverviewTerms | undefined;
  let seen: Seen = { latest: undefined, action: undefined };
  const resized = new ResizeObserver(() => plot?.resize());
  feed.follow(place, target, (history) => {
    const latest = latestOf(history);
    seen = { latest, action: history.actions.at(-1) };
    const isEmpty = latest === undefined && history.values.every((value) => value === null);
    setText(note, isEmpty ? history.problem || 'Nothing was measured in this time.' : '');
    note.hidden = !isEmpty;
    if (!isEmpty && plot === undefined) {
      plot = createPlot(place);
      resized.observe(place);
    }
    if (terms !== undefined) {
      plot?.show(history, plottedThresholds(terms));
      setAttribute(place, 'aria-label', describePlot(name, terms, seen));
    }
    onValue(latest);
  });
  return {
    place,
    setTerms(next) {
      terms = next;
      setAttribute(place, 'aria-label', describePlot(name, next, seen));
    },
    remove() {
      feed.unfollow(place);
      resized.disconnect();
      plot?.destroy();
    },
  };
}

/** What was measured within the last steps: an older value is the past, not now. */
function latestOf({ values }: TargetHistory): number | undefined {
  return values.slice(-4).findLast((value) => value !== null) ?? undefined;
}

type Seen = {
  readonly latest: number | undefined;
  readonly action: TargetHistory['actions'][number] | undefined;
};

function describePlot(name: string, terms: OverviewTerms, { latest, action }: Seen): string {
  const now = latest === undefined ? '' : `, now ${describeFigure(latest)}${unitOf(terms)}`;
  const last =
    action === undefined
      ? ''
      : `; last action ${action.from} → ${action.to} at ${describeTime(action.time, Date.now())}`;
  return `${metricName(terms.metric)} of ${name} over time${now}; ${describeThresholds(terms)}${last}`;
}
