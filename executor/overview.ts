/**
 * The overview for people, read anew for whoever asks and shared by all who ask at once. While nobody looks, nothing is
 * asked; while somebody does, each reading also tells at once which part of the stack has gone away.
 */
import type { Clock } from '../internal/daemon/clock.ts';
import { alertsAbout, alertsForPeople } from './alerts-about.ts';
import { describePool, describeService, type TargetWorld } from './core/overview/describe-overview.ts';
import type { Overview } from './core/overview/overview-shape.ts';
import { rulesByTarget, type ScalingRule } from './core/overview/scaling-rule.ts';
import type { Known } from './core/world.ts';
import type { DecisionLog } from './decision-log.ts';
import { knownWithin } from './known.ts';
import type { PartsReader } from './overview-parts.ts';
import type { PauseSwitch } from './pauses.ts';
import type { AlertReader, RuleReader, SeriesReader, ServiceLister, SuppressionReader } from './ports.ts';
import { createScrapedSince } from './scraped-since.ts';

export type OverviewReader = {
  readonly lister: ServiceLister;
  readonly alerts: AlertReader;
  readonly suppressions: SuppressionReader;
  readonly rules: RuleReader;
  readonly series: SeriesReader;
};

export type OverviewDeps = {
  readonly reader: OverviewReader;
  readonly readParts: PartsReader;
  readonly log: Pick<DecisionLog, 'targets' | 'replicasOf'>;
  readonly pauses: Pick<PauseSwitch, 'current'>;
  readonly clock: Clock;
  readonly dryRun: boolean;
};

export function createOverview(deps: OverviewDeps): () => Promise<Overview> {
  const readScraped = createScrapedSince(deps.reader.series, deps.clock);
  let lastRules: readonly ScalingRule[] = [];
  return async () => {
    const answers = await askAll(deps.reader, readScraped, deps.clock);
    // While Prometheus is away its rules are still what there is to look at.
    lastRules = valueOr(answers.rules, lastRules);
    return describe(deps, answers, lastRules);
  };
}

/** Whoever looks waits no longer than this for a part that hangs. */
const PATIENCE_MS = 2_000;

async function askAll(
  reader: OverviewReader,
  readScraped: ReturnType<typeof createScrapedSince>,
  clock: Clock,
) {
  const patiently = <T>(read: () => Promise<T>) => knownWithin(PATIENCE_MS, clock, read);
  const { lister, alerts, suppressions, rules, series } = reader;
  const [services, firing, suppressed, listed, scraped, quarantined] = await Promise.all([
    patiently(() => lister.list()),
    patiently(() => alerts.list()),
    patiently(() => suppressions.read()),
    patiently(() => rules.list()),
    patiently(readScraped),
    patiently(() => series.quarantined()),
  ]);
  return { services, firing, suppressed, rules: listed, scraped, quarantined };
}

function describe(
  { readParts, log, pauses, clock, dryRun }: OverviewDeps,
  answers: Awaited<ReturnType<typeof askAll>>,
  rules: readonly ScalingRule[],
): Overview {
  const nowMs = clock.now();
  const { all, targets: paused } = pauses.current();
  const alerts = valueOr(answers.firing, []);
  const forPeople = alertsForPeople(alerts);
  const quarantined = valueOr(answers.quarantined, []);
  const services = new Map(valueOr(answers.services, []).map((service) => [service.name, service]));
  const last = new Map(log.targets().map((summary) => [summary.target, summary.last]));
  const worlds = [...rulesByTarget(rules).values()].map(
    (found): TargetWorld => ({
      rules: found,
      alerts: [...alertsAbout(found.target, alerts), ...(forPeople.get(found.target.key) ?? [])],
      suppressions: answers.suppressed,
      isPaused: Object.hasOwn(paused, found.target.key),
      quarantined,
      last: last.get(found.target.key),
    }),
  );
  return {
    time: new Date(nowMs).toISOString(),
    dry_run: dryRun,
    paused: all ?? null,
    parts: readParts({
      docker: answers.services,
      prometheus: answers.firing,
      alertmanager: answers.suppressed,
      scraped: answers.scraped,
      quarantined,
    }),
    services: worlds.flatMap((world) => {
      const { target } = world.rules;
      if (target.kind !== 'service') return [];
      const status = services.get(target.name);
      return [describeService(world, target.name, status, log.replicasOf(target.key), nowMs)];
    }),
    pools: worlds.flatMap((world) => {
      const { target } = world.rules;
      return target.kind === 'workers' ? [describePool(world, target.infraId, target.node, nowMs)] : [];
    }),
  };
}

const valueOr = <T>(given: Known<T>, fallback: T): T => (given.kind === 'known' ? given.value : fallback);
