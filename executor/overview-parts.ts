/** The parts of the stack as the overview shows them: which colour, why, and since when. */
import type { Clock } from '../internal/daemon/clock.ts';
import { describeScraped, type PartNow, type Scraped } from './core/overview/describe-parts.ts';
import type { OverviewPart } from './core/overview/overview-shape.ts';
import type { Known } from './core/world.ts';
import { PARTS, type Part, type PartHealth } from './part-health.ts';

export type Installed = {
  readonly hasAlertmanager: boolean;
  readonly hasProvider: boolean;
  /** Undefined where no Consul is configured. */
  consulUp(): boolean | undefined;
};

export type PartsReader = (
  scraped: Known<readonly Scraped[]>,
  quarantined: readonly string[],
) => readonly OverviewPart[];

/** Remembers since when each part is as it is now. */
export function createPartsReader(
  health: Pick<PartHealth, 'of'>,
  installed: Installed,
  clock: Clock,
): PartsReader {
  const seen = new Map<string, { readonly state: string; readonly since: string }>();
  const withSince = (part: PartNow): OverviewPart => {
    const before = seen.get(part.name);
    const { since } = before?.state === part.state ? before : { since: new Date(clock.now()).toISOString() };
    seen.set(part.name, { state: part.state, since });
    return { ...part, since: part.state === 'unknown' || part.state === 'off' ? null : since };
  };
  return (scraped, quarantined) => [
    ...PARTS.map((part) => calledPart(part, health, installed, withSince)),
    withSince(describeScraped('exporter', scraped)),
    withSince(describeScraped('rulegen', scraped, quarantined)),
    withSince(consulPart(installed.consulUp())),
  ];
}

/** A part that the executor calls itself: its own memory knows since when. */
function calledPart(
  name: Part,
  health: Pick<PartHealth, 'of'>,
  { hasAlertmanager, hasProvider }: Installed,
  withSince: (part: PartNow) => OverviewPart,
): OverviewPart {
  if (name === 'alertmanager' && !hasAlertmanager)
    return withSince({ name, state: 'off', reason: 'None is configured.' });
  if (name === 'provider' && !hasProvider)
    return withSince({ name, state: 'off', reason: 'None is configured.' });
  const now = health.of(name);
  switch (now.state) {
    case 'unknown':
      return withSince({ name, state: 'unknown', reason: 'Not asked yet.' });
    case 'ok':
      return { name, state: 'well', reason: '', since: new Date(now.sinceMs).toISOString() };
    case 'away':
      return { name, state: 'away', reason: now.problem, since: new Date(now.sinceMs).toISOString() };
  }
}

function consulPart(isUp: boolean | undefined): PartNow {
  const name = 'consul';
  if (isUp === undefined) return { name, state: 'off', reason: 'None is configured.' };
  if (isUp) return { name, state: 'well', reason: '' };
  return { name, state: 'late', reason: 'The agent does not know this executor; scaling does not need it.' };
}
