import type { Overview } from '../../core/overview/overview-shape.ts';
import { createDecisionsView } from './decisions-view.ts';
import { button, byId, setAttribute, setText } from './element.ts';
import { createHealthView } from './health-view.ts';
import { createHistoryFeed } from './history-feed.ts';
import { startLive } from './live.ts';
import { askToPause, type PauseWish } from './pause-dialog.ts';
import { createPoolsView } from './pools-view.ts';
import type { CardDeps } from './service-card.ts';
import { createServicesView } from './services-view.ts';
import { createSession } from './session.ts';
import { openWhy } from './why-dialog.ts';
import { describeTime } from './words.ts';

let overview: Overview | undefined;

const session = createSession(byId('session'), () => render());
const onPause = (wish: PauseWish): void => askToPause(wish, session, () => live.refresh());
const deps: CardDeps = { feed: createHistoryFeed(), onWhy: openWhy, onPause };
const health = createHealthView();
const showServices = createServicesView(deps);
const showPools = createPoolsView(deps);
const decisions = createDecisionsView(openWhy);
const freshness = byId('freshness');

function render(): void {
  const paused = overview?.paused ?? null;
  const verb = paused === null ? 'pause' : 'resume';
  session.render([button(paused === null ? 'Pause all' : 'Resume all', () => onPause({ verb }))]);
  if (overview === undefined) return;
  health.show(overview);
  showServices(overview, session.isSignedIn());
  showPools(overview, session.isSignedIn());
}

render();
const live = startLive({
  onOverview(next) {
    overview = next;
    setText(freshness, 'live');
    setAttribute(freshness, 'data-state', 'live');
    render();
  },
  onLost() {
    health.showLost(overview?.time);
    setText(
      freshness,
      overview === undefined ? 'no answer' : `as of ${describeTime(overview.time, Date.now())}`,
    );
    setAttribute(freshness, 'data-state', 'lost');
  },
  onDecisions({ decisions: page, next }) {
    decisions.add(page);
    decisions.setNext(next);
  },
  onDecision: (decision) => decisions.add([decision]),
});
