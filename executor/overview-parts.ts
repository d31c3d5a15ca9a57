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

/** What was answered just now, or why not. */
export type PartAnswers = Readonly<Record<'docker' | 'prometheus' | 'alertmanager', Known<unknown>>> & {
  readonly scraped: Known<readonly Scraped[]>;
  readonly quarantined: readonly string[];
};

export type PartsReader = (answers: PartAnswers) => readonly OverviewPart[];

/** Remembers since when each part is as it is now. */
export function createPartsReader(
  health: Pick<PartHealth, 'of'>,
  installed: Installed,
  clock: Clock,
): PartsReader {
  const seen = new Map<string, { readonly state: string; readonly since: string | null }>();
  const withSince = (part: PartNow): OverviewPart => {
    const before = seen.get(part.name);
    // Of a part that is as it was found at first nobody knows since when.
    const changed = before === undefined ? null : new Date(clock.now()).toISOString();
    const since = before?.state === part.state ? before.since : changed;
    seen.set(part.name, { state: part.state, since });
    return { ...part, since: part.state === 'unknown' || part.state === 'off' ? null : since };
  };
  const calledPart = (name: Part, answer: Known<unknown> | undefined): OverviewPart => {
    const off = unusedPart(name, installed);
    const now = health.of(name);
    if (off !== undefined) return withSince(off);
    if (now.state === 'unknown') return withSince({ name, state: 'unknown', reason: 'Not asked yet.' });
    // One that hangs is away for whoever looks, before the last call to it has given up.
    if (now.state === 'ok' && answer?.kind === 'away')
      return withSince({ name, state: 'away', reason: answer.problem });
    const since = new Date(now.sinceMs).toISOString();
    const part: OverviewPart =
      now.state === 'ok'
        ? { name, state: 'well', reason: '', since }
        : { name, state: 'away', reason: now.problem, since };
    seen.set(name, part);
    return part;
  };
  return ({ scraped, quarantined, ...answers }) => [
    ...PARTS.map((part) => calledPart(part, part === 'provider' ? undefined : answers[part])),
    withSince(describeScraped('exporter', scraped)),
    withSince(describeScraped('rulegen', scraped, quarantined)),
    withSince(consulPart(installed.consulUp())),
  ];
}

function unusedPart(name: Part, { hasAlertmanager, hasProvider }: Installed): PartNow | undefined {
  const isUsed = { docker: true, prometheus: true, alertmanager: hasAlertmanager, provider: hasProvider }[
    name
  ];
  return isUsed ? undefined : { name, state: 'off', reason: 'None is configured.' };
}

function consulPart(isUp: boolean | undefined): PartNow {
  const name = 'consul';
  if (isUp === undefined) return { name, state: 'off', reason: 'None is configured.' };
  if (isUp) return { name, state: 'well', reason: '' };
  return { name, state: 'late', reason: 'The agent does not know this executor; scaling does not need it.' };
}
