/** All services as cards, by name, so that none ever moves under a finger; a filter and a choice narrow them down. */
import type { Overview, OverviewService } from '../../core/overview/overview-shape.ts';
import { byId, choice, searchField, setText } from './element.ts';
import { type Card, type CardDeps, createCard } from './service-card.ts';
import { describeMood, describeNoServices } from './words.ts';

export type ServicesView = (
  overview: Pick<Overview, 'services' | 'parts' | 'time'>,
  mayPause: boolean,
) => void;

export function createServicesView(deps: CardDeps): ServicesView {
  const place = byId('cards');
  const empty = byId('no-services');
  const cards = new Map<string, { readonly card: Card; seen: string }>();
  let services: readonly OverviewService[] = [];
  let parts: Overview['parts'] = [];
  let text = '';
  let only = 'all';
  const controls = byId('service-controls');
  const render = (): void => {
    const wanted = services.filter((one) => isWanted(one, text, only));
    const names = new Set(wanted.map(({ target }) => target));
    for (const [target, { card }] of cards) card.root.hidden = !names.has(target);
    setText(empty, services.length === 0 ? describeNoServices(parts) : 'No service is like that.');
    empty.hidden = wanted.length > 0;
  };
  controls.append(
    choice('Which services', { all: 'All services', look: 'Needing a look' }, (value) => {
      only = value;
      render();
    }),
    choice(
      'Time in the plots',
      { 5: '5 minutes', 15: '15 minutes', 60: '1 hour', 360: '6 hours', 1440: '1 day' },
      (value) => deps.feed.setMinutes(Number(value)),
    ),
    searchField('Filter services', (value) => {
      text = value;
      render();
    }),
  );
  const minutes = controls.querySelectorAll('select')[1];
  if (minutes !== undefined) minutes.value = '15';

  return (overview, mayPause) => {
    ({ services, parts } = overview);
    const nowMs = Date.parse(overview.time);
    removeGone(cards, new Set(services.map(({ target }) => target)));
    let before: Element | null = null;
    for (const service of services) {
      const found = cards.get(service.target) ?? { card: createCard(service, deps), seen: '' };
      cards.set(service.target, found);
      // What an alert has of age grows with time.
      const seen = JSON.stringify([service, mayPause, service.alerts.length > 0 && nowMs]);
      if (found.seen !== seen) found.card.update(service, mayPause, nowMs);
      found.seen = seen;
      const { root } = found.card;
      const expected: Element | null = before === null ? place.firstElementChild : before.nextElementSibling;
      if (expected !== root) place.insertBefore(root, expected);
      before = root;
    }
    render();
  };
}

function removeGone(cards: Map<string, { readonly card: Card }>, there: ReadonlySet<string>): void {
  for (const [target, { card }] of cards) {
    if (there.has(target)) continue;
    card.remove();
    card.root.remove();
    cards.delete(target);
  }
}

function isWanted(service: OverviewService, text: string, only: string): boolean {
  return (
    service.name.toLowerCase().includes(text) && (only === 'all' || describeMood(service).state === 'late')
  );
}
