/** Pools of workers: their load, their nodes, and each boot and drain with the step that it is at. */
import type { Overview, OverviewPool } from '../../core/overview/overview-shape.ts';
import { explain } from './api.ts';
import { button, byId, element, setAttribute, setText } from './element.ts';
import { createPlotBox, type PlotBox } from './plot-box.ts';
import { type PoolExplanation, poolSteps, type Step } from './pool-steps.ts';
import type { CardDeps } from './service-card.ts';
import { showAlerts, showNews } from './verdict.ts';
import { describeMood } from './words.ts';

export type PoolsView = (overview: Pick<Overview, 'pools' | 'time'>, mayPause: boolean) => void;

const EVERY_MS = 4_000;

export function createPoolsView(deps: CardDeps): PoolsView {
  const place = byId('pools');
  const section = byId('pool-section');
  const boxes = new Map<string, PoolBox>();
  return ({ pools, time }, mayPause) => {
    section.hidden = pools.length === 0;
    for (const [target, box] of boxes) {
      if (pools.some((pool) => pool.target === target)) continue;
      box.remove();
      boxes.delete(target);
    }
    for (const pool of pools) {
      const box = boxes.get(pool.target) ?? createPoolBox(pool, deps, place);
      boxes.set(pool.target, box);
      box.update(pool, mayPause, Date.parse(time));
    }
  };
}

type PoolBox = { update(pool: OverviewPool, mayPause: boolean, nowMs: number): void; remove(): void };

function createPoolBox(first: OverviewPool, deps: CardDeps, place: HTMLElement): PoolBox {
  const { target, name, infra } = first;
  let shown = first;
  let askedMs = Number.NEGATIVE_INFINITY;
  const figures = element('span', { class: 'tag' });
  const mood = element('span', { class: 'mark' });
  const moodBox = element('span', { class: 'tag' }, mood);
  const alerts = element('p', { class: 'alerts' });
  const verdict = element('p', { class: 'verdict' });
  const nodes = element('div', { class: 'table-wrap' });
  const steps = element('div');
  const plot: PlotBox = createPlotBox(target, name, deps.feed, () => undefined);
  const pause = button(
    'Pause',
    () => deps.onPause({ verb: shown.paused ? 'resume' : 'pause', target }),
    'plain',
  );
  const root = element(
    'article',
    { class: 'pool', 'data-target': target, 'aria-label': name },
    element('div', { class: 'card-head' }, element('h3', {}, `${name} of ${infra}`), figures, moodBox),
    element(
      'div',
      { class: 'pool-grid' },
      element('div', {}, plot.place, alerts, verdict),
      element('div', {}, steps, nodes),
    ),
    element(
      'div',
      { class: 'card-foot' },
      element('span'),
      element(
        'span',
        { class: 'buttons' },
        button('Why not?', () => deps.onWhy(target), 'plain'),
        pause,
      ),
    ),
  );
  place.append(root);
  const refresh = async (): Promise<void> => {
    const explanation = (await explain(target)) as PoolExplanation;
    setText(figures, poolFigures(explanation));
    steps.replaceChildren(
      ...poolSteps(explanation).flatMap(({ title, list }) => [
        element('p', { class: 'small' }, title),
        stepList(list),
      ]),
    );
    nodes.replaceChildren(nodeTable(explanation));
  };
  return {
    update(pool, mayPause, nowMs) {
      shown = pool;
      plot.setTerms(pool);
      const { word, state } = describeMood(pool);
      setAttribute(moodBox, 'data-state', state);
      setText(mood, word);
      showAlerts(alerts, pool.alerts, nowMs);
      showNews(verdict, pool);
      pause.hidden = !mayPause;
      setText(pause, pool.paused ? 'Resume' : 'Pause');
      if (performance.now() - askedMs < EVERY_MS) return;
      askedMs = performance.now();
      // That the executor does not answer is said at the top.
      refresh().catch(() => undefined);
    },
    remove() {
      plot.remove();
      root.remove();
    },
  };
}

function poolFigures({ provider, bounds }: PoolExplanation): string {
  const between = bounds === null ? '' : `, between ${bounds.min} and ${bounds.max}`;
  return provider.vms === undefined
    ? `${provider.name}: ${provider.problem ?? 'not known'}`
    : `${provider.vms.length} of ${provider.target ?? '–'} VMs${between}`;
}

const stepList = (list: readonly Step[]): HTMLElement =>
  element('ol', { class: 'steps' }, ...list.map(({ name, at }) => element('li', { 'data-step': at }, name)));

function nodeTable({ nodes }: PoolExplanation): HTMLElement {
  if (nodes === null) return element('p', { class: 'soft small' }, 'Docker cannot be asked about the nodes.');
  if (nodes.length === 0) return element('p', { class: 'soft small' }, 'No worker has joined the Swarm yet.');
  const head = ['Node', 'State', 'Load', 'Tasks', 'May go'].map((name) =>
    element('th', { scope: 'col', class: ['Load', 'Tasks'].includes(name) ? 'number' : undefined }, name),
  );
  const rows = nodes.map(({ hostname, state, availability, busy, tasks, may_go: mayGo }) =>
    element(
      'tr',
      {},
      element('td', {}, hostname),
      element('td', {}, availability === 'active' ? state : `${state}, ${availability}`),
      element('td', { class: 'number' }, busy === null ? '–' : `${Math.round(busy * 100)} %`),
      element('td', { class: 'number' }, String(tasks)),
      element('td', {}, mayGo),
    ),
  );
  return element(
    'table',
    {},
    element('thead', {}, element('tr', {}, ...head)),
    element('tbody', {}, ...rows),
  );
}
