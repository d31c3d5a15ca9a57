/** One service: how many, how busy, what was decided, and why. */
import type { OverviewService } from '../../core/overview/overview-shape.ts';
import { button, element, setAttribute, setText } from './element.ts';
import type { HistoryFeed } from './history-feed.ts';
import type { PauseWish } from './pause-dialog.ts';
import { createPlotBox } from './plot-box.ts';
import { showAlerts, showNews } from './verdict.ts';
import {
  describeCooldown,
  describeFigure,
  describeMood,
  describeThresholds,
  metricName,
  unitOf,
} from './words.ts';

export type CardDeps = {
  readonly feed: HistoryFeed;
  onWhy(target: string): void;
  onPause(wish: PauseWish): void;
};

export type Card = {
  readonly root: HTMLElement;
  update(service: OverviewService, mayPause: boolean, nowMs: number): void;
  remove(): void;
};

export function createCard(first: OverviewService, deps: CardDeps): Card {
  const { target, name } = first;
  let shown = first;
  const mood = element('span', { class: 'mark' });
  const moodBox = element('span', { class: 'tag' }, mood);
  const replicas = element('b');
  const replicasNote = element('span');
  const replicasBox = element('div', { class: 'figure' }, replicas, replicasNote);
  const min = element('span');
  const max = element('span');
  const meter = element('progress', { 'aria-label': `replicas of ${name} on the way to its maximum` });
  const value = element('b', {}, '–');
  const valueNote = element('span');
  const alerts = element('p', { class: 'alerts' });
  const verdict = element('p', { class: 'verdict' });
  const cooldown = element('span', { class: 'small soft' });
  const pause = button(
    'Pause',
    () => deps.onPause({ verb: shown.paused ? 'resume' : 'pause', target }),
    'plain',
  );
  const plot = createPlotBox(target, name, deps.feed, (latest) =>
    setText(value, latest === undefined ? '–' : `${describeFigure(latest)}${unitOf(shown)}`),
  );
  const root = element(
    'article',
    { class: 'card', 'data-target': target, 'aria-label': name },
    element('div', { class: 'card-head' }, element('h3', { title: name }, name), moodBox),
    element(
      'div',
      { class: 'figures' },
      replicasBox,
      element('div', { class: 'bounds' }, min, meter, max),
      element('div', { class: 'figure right' }, value, valueNote),
    ),
    plot.place,
    alerts,
    verdict,
    element(
      'div',
      { class: 'card-foot' },
      cooldown,
      element(
        'span',
        { class: 'buttons' },
        button('Why not?', () => deps.onWhy(target), 'plain'),
        pause,
      ),
    ),
  );
  return {
    root,
    remove: plot.remove,
    update(service, mayPause, nowMs) {
      shown = service;
      const { word, state } = describeMood(service);
      setAttribute(moodBox, 'data-state', state);
      setText(mood, word);
      setText(replicas, replicasText(service));
      setText(replicasNote, 'running of desired');
      setAttribute(replicasBox, 'data-state', isShort(service) ? 'late' : 'well');
      setText(min, service.min === null ? '' : String(service.min));
      setText(max, service.max === null ? '' : String(service.max));
      meter.max = Math.max(1, service.max ?? 1);
      meter.value = service.replicas ?? 0;
      setText(valueNote, metricName(service.metric));
      setAttribute(value, 'title', describeThresholds(service));
      plot.setTerms(service);
      showAlerts(alerts, service.alerts, nowMs);
      showNews(verdict, service);
      setText(cooldown, describeCooldown(service));
      pause.hidden = !mayPause;
      setText(pause, service.paused ? 'Resume' : 'Pause');
    },
  };
}

const isShort = ({ replicas, running }: OverviewService): boolean =>
  replicas !== null && running !== null && running < replicas;

const replicasText = ({ replicas, running }: OverviewService): string =>
  replicas === null ? '–' : `${running ?? '–'} / ${replicas}`;
