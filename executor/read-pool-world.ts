/** Reads all that a decision about a pool needs. A part that is away is said to be away, never taken for empty. */
import { isAppError } from '../internal/daemon/app-error.ts';
import { alertsAbout, isAbout } from './alerts-about.ts';
import type { DecisionRecord } from './core/decision-record.ts';
import { readScalingAlert, type ScalingAlert } from './core/scaling-alert.ts';
import { targetOfLabels } from './core/target.ts';
import { readPoolHistory } from './core/workers/pool-history.ts';
import type { PoolReport } from './core/workers/pool-report.ts';
import type { PoolWaits, PoolWorld, WorkersTarget } from './core/workers/pool-world.ts';
import { waitingVms } from './core/workers/provider-state.ts';
import { nodesOfPool, type SwarmView } from './core/workers/swarm-view.ts';
import { known, mapKnown } from './known.ts';
import type { PauseSwitch } from './pauses.ts';
import type { PoolMemory } from './pool-memory.ts';
import type {
  AlertReader,
  LoadReader,
  NodeProvider,
  PoolRegistry,
  PoolRule,
  SuppressionReader,
  WorkerSwarm,
  WorkerSwarmReading,
} from './ports.ts';

export type PoolReader = {
  readonly alerts: AlertReader;
  readonly suppressions: SuppressionReader;
  readonly registry: PoolRegistry;
  readonly load: LoadReader;
  readonly swarm: WorkerSwarm;
  readonly provider: NodeProvider;
  readonly pauses: Pick<PauseSwitch, 'pauseOf'>;
  readonly memory: PoolMemory;
};

/** The reading of the Swarm that a change must be based on comes along. */
export type PoolReading = { readonly world: PoolWorld; readonly reading: WorkerSwarmReading | undefined };

export async function readPoolWorld(
  reader: PoolReader,
  target: WorkersTarget,
  records: readonly DecisionRecord[],
  nowMs: number,
): Promise<PoolReading> {
  const { alerts, suppressions, registry, load, swarm, provider, pauses, memory } = reader;
  // First, because a provider may take its time, and the testimony has to be fresh.
  const asked = await known(() => readReport(provider, target));
  const [allAlerts, suppressed, rules, loads] = await Promise.all([
    known(() => alerts.list()),
    known(() => suppressions.read()),
    known(() => registry.list()),
    known(() => load.read(target.node)),
  ]);
  // Last, because whatever happens between this and the change is a conflict.
  const reading = await known(() => swarm.read());
  const view = mapKnown(reading, (found) => found.view);
  const report =
    provider.name === 'none' ? mapKnown(view, (found) => reportOfNodes(found, target.node)) : asked;
  const history = readPoolHistory(records, target.key, nowMs);
  const facts = { target, alerts: allAlerts, rules, load: loads, swarm: view, report };
  return {
    reading: reading.kind === 'known' ? reading.value : undefined,
    world: {
      ...facts,
      alerts: mapKnown(allAlerts, (list) => alertsAbout(target, list)),
      rules: mapKnown(rules, (list) => list.filter((rule) => isAbout(target, rule)).flatMap(toTerms)),
      rivals: rules.kind === 'known' ? rivalsOf(target, rules.value) : [],
      suppressions: suppressed,
      providerName: provider.name,
      pause: pauses.pauseOf(target.key),
      history,
      waits: noteWaits(memory, facts, history, nowMs),
    },
  };
}

async function readReport(provider: NodeProvider, target: WorkersTarget): Promise<PoolReport | undefined> {
  try {
    return await provider.read(target);
  } catch (error) {
    if (isAppError(error, 'not_found')) return undefined;
    throw error;
  }
}

/** Without a provider the pool is what the Swarm has of it. */
function reportOfNodes(view: SwarmView, pool: string): PoolReport {
  const vms = nodesOfPool(view, pool).map(({ id, address, state }) => ({
    id,
    addresses: [address],
    state: state === 'down' ? ('gone' as const) : ('ready' as const),
  }));
  return { min: undefined, max: undefined, target: vms.length, vms };
}

function noteWaits(
  memory: PoolMemory,
  { target, report, load, swarm }: Pick<PoolWorld, 'target' | 'report' | 'load' | 'swarm'>,
  history: PoolWorld['history'],
  nowMs: number,
): PoolWaits {
  if (report.kind === 'away' || report.value === undefined || swarm.kind === 'away')
    return { vmSinceMs: {}, unevenSinceMs: undefined };
  const nodes = nodesOfPool(swarm.value, target.node);
  const waiting = waitingVms(report.value, nodes, load.kind === 'known' ? load.value : undefined);
  return memory.waits(target.key, report.value, waiting, history, nowMs);
}

function rivalsOf({ infraId, node }: WorkersTarget, rules: readonly PoolRule[]): readonly string[] {
  const named = rules.flatMap(({ labels }) => {
    const found = targetOfLabels(labels);
    return found.ok && found.target.kind === 'workers' ? [found.target] : [];
  });
  return [...new Set(named.filter((one) => one.node === node).map((one) => one.infraId))]
    .filter((other) => other !== infraId)
    .sort();
}

/** A rule read as the alert that it would raise. */
function toTerms({ labels, annotations }: PoolRule): readonly ScalingAlert[] {
  const alert = { state: 'pending', labels, annotations, activeAtMs: Number.NaN, value: Number.NaN } as const;
  const terms = readScalingAlert(alert);
  return terms === undefined ? [] : [terms];
}
