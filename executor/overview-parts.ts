/** The parts of the stack as the overview shows them: which colour, why, and since when. */
import type { Clock } from '../internal/daemon/clock.ts';
import type { ConsulSelf } from '../internal/daemon/consul-self.ts';
import { describeScraped, type ScrapedSince } from './core/overview/describe-parts.ts';
import type { OverviewPart, PartColour } from './core/overview/overview-shape.ts';
import type { Known } from './core/world.ts';
import { PARTS, type Part, type PartHealth } from './part-health.ts';

export type Installed = {
  readonly hasAlertmanager: boolean;
  readonly hasProvider: boolean;
  /** Undefined where no Consul is configured. */
  consul(): Pick<ConsulSelf, 'isUp' | 'changedMs'> | undefined;
};

/** What was answered just now, or why not. */
export type PartAnswers = Readonly<Record<'docker' | 'prometheus' | 'alertmanager', Known<unknown>>> & {
  readonly scraped: Known<readonly ScrapedSince[]>;
  readonly quarantined: readonly string[];
};

export type PartsReader = (answers: PartAnswers) => readonly OverviewPart[];

/** Remembers since when each part that the executor calls has been waited for in vain. */
export function createPartsReader(
  health: Pick<PartHealth, 'of'>,
  installed: Installed,
  clock: Clock,
): PartsReader {
  const hangingSince = new Map<Part, number>();
  const calledPart = (name: Part, answer: Known<unknown> | undefined): OverviewPart => {
    if (!isUsed(name, installed)) return aPart(name, 'off', NOT_CONFIGURED);
    const now = health.of(name);
    if (now.state === 'unknown') return aPart(name, 'unknown', NOT_ASKED);
    // One that hangs is away for whoever looks, before the last call to it has given up.
    if (now.state === 'ok' && answer?.kind === 'away') {
      const sinceMs = hangingSince.get(name) ?? clock.now();
      hangingSince.set(name, sinceMs);
      return aPart(name, 'away', answer.problem, sinceMs);
    }
    hangingSince.delete(name);
    return now.state === 'ok'
      ? aPart(name, 'well', '', now.sinceMs)
      : aPart(name, 'away', now.problem, now.sinceMs);
  };
  return ({ scraped, quarantined, ...answers }) => [
    ...PARTS.map((part) => calledPart(part, part === 'provider' ? undefined : answers[part])),
    describeScraped('exporter', scraped),
    describeScraped('rulegen', scraped, quarantined),
    consulPart(installed.consul()),
  ];
}

const NOT_CONFIGURED = 'None is configured.';
const NOT_ASKED = 'Not asked yet.';

const aPart = (name: string, state: PartColour, reason: string, sinceMs?: number): OverviewPart => ({
  name,
  state,
  reason,
  since: sinceMs === undefined ? null : new Date(sinceMs).toISOString(),
  missing: [],
});

const isUsed = (name: Part, { hasAlertmanager, hasProvider }: Installed): boolean =>
  ({ docker: true, prometheus: true, alertmanager: hasAlertmanager, provider: hasProvider })[name];

function consulPart(consul: Pick<ConsulSelf, 'isUp' | 'changedMs'> | undefined): OverviewPart {
  const name = 'consul';
  if (consul === undefined) return aPart(name, 'off', NOT_CONFIGURED);
  const changedMs = consul.changedMs();
  if (changedMs === undefined) return aPart(name, 'unknown', NOT_ASKED);
  return consul.isUp() ? aPart(name, 'well', '', changedMs) : aPart(name, 'late', CONSUL_LATE, changedMs);
}

const CONSUL_LATE = 'The agent does not know this executor; scaling does not need it.';
