/** An executor's looks at one service, played against parts in memory, and what must hold after each of them. */
import { expect } from '@jest/globals';
import { createMemoryJournal } from '../../../executor/adapters/memory-decision-journal.ts';
import { createRememberedSuppressions } from '../../../executor/adapters/remembered-suppressions.ts';
import type { Decision } from '../../../executor/core/decision.ts';
import type { JournalEntry } from '../../../executor/core/journal-entry.ts';
import type { ObservedAlert } from '../../../executor/core/observed-alert.ts';
import { REASONS } from '../../../executor/core/reasons.ts';
import { readScalingAlert } from '../../../executor/core/scaling-alert.ts';
import type { Silence } from '../../../executor/core/suppression.ts';
import { createDecisionLog } from '../../../executor/decision-log.ts';
import { createReconcile, type Reconcile } from '../../../executor/reconcile.ts';
import { AppError } from '../../../internal/daemon/app-error.ts';
import { silentLogger } from '../../../internal/daemon/logger.ts';
import { createMemoryService, Killed, type MemoryService } from '../../fakes/memory-service.ts';
import { LIMITS, NOW_MS } from './builders.ts';

export const MAX_REPLICAS = 12;
const KEY = 'docker/web';
const START_MS = NOW_MS - 3_600_000;

export type Action = {
  readonly atMs: number;
  readonly serviceId: string;
  readonly decision: Extract<Decision, { kind: 'scale' }>;
};

export type Simulation = ReturnType<typeof createSimulation>;

export function createSimulation(fileLabels: Readonly<Record<string, string>>) {
  let nowMs = START_MS;
  const clock = { now: () => nowMs, sleep: async () => {} };
  const service: MemoryService = createMemoryService(fileLabels, clock.now);
  const world = {
    alerts: [] as readonly ObservedAlert[],
    silences: [] as readonly Silence[],
    /** Those that Alertmanager could tell the executor. */
    knownSilences: [] as readonly Silence[],
    isPrometheusAway: false,
    isAlertmanagerAway: false,
    isPaused: false,
  };
  const actions: Action[] = [];
  let verdicts: Decision[] = [];
  let journal = createMemoryJournal();
  let executor = start();

  /** A new process: of the one before there is only the journal. */
  function start(): { readonly look: Reconcile } {
    journal = createMemoryJournal(journal.recent());
    const log = createDecisionLog({
      journal,
      clock,
      logger: silentLogger,
      onDecision: (decision) => void verdicts.push(decision),
      onOutsideChange: () => {},
    });
    const suppressions = createRememberedSuppressions({
      async read() {
        if (world.isAlertmanagerAway) throw new AppError('unavailable', 'connection refused');
        world.knownSilences = world.silences;
        return { listed: [], silences: world.silences };
      },
    });
    const reader = {
      suppressions,
      alerts: {
        async list() {
          if (world.isPrometheusAway) throw new AppError('unavailable', 'connection refused');
          return world.alerts;
        },
      },
      services: service,
      pauses: { pauseOf: () => (world.isPaused ? { reason: '', since: '' } : undefined) },
    };
    const look = createReconcile({
      reader,
      limits: { ...LIMITS, maxReplicas: MAX_REPLICAS },
      log,
      clock,
      metrics: { acted: () => {}, conflicted: () => {} },
      reconcilePool: async () => ({}),
    });
    return { look };
  }

  const checkVerdict = (before: number): void => {
    expect(verdicts).toHaveLength(1);
    const [verdict] = verdicts;
    if (verdict === undefined) return;
    expect(REASONS[verdict.reason].means).not.toBe('');
    if (verdict.kind !== 'scale') {
      expect(service.status().replicas).toBe(before);
      return;
    }
    expect(verdict).toMatchObject({ from: before, to: service.status().replicas });
    const action = { atMs: nowMs, serviceId: service.status().id, decision: verdict };
    checkAction(action, world, actions.at(-1));
    actions.push(action);
  };

  return {
    world,
    service,
    actions,
    now: () => nowMs,
    entries: (): readonly JournalEntry[] => journal.recent(),
    /** Forwards or back: clocks are set. */
    moveClock(ms: number): void {
      nowMs += ms;
    },
    restart(): void {
      executor = start();
    },
    async look(): Promise<void> {
      verdicts = [];
      const before = service.status().replicas ?? 0;
      const isSpoiled = service.spoilNext !== undefined && service.spoilNext !== 'conflict';
      try {
        await executor.look(KEY, new AbortController().signal);
        // A lost answer changes replicas that nobody has decided upon; the next look tells.
        if (isSpoiled && service.spoilNext === undefined) expect(verdicts).toHaveLength(1);
        else checkVerdict(before);
      } catch (error) {
        if (!(error instanceof Killed)) throw error;
        expect(verdicts).toHaveLength(0);
        executor = start();
      }
    },
  };
}

/** What an action may be, whatever has happened before. */
function checkAction(
  { atMs, serviceId, decision: { to, from, direction, reason } }: Action,
  world: Simulation['world'],
  last: Action | undefined,
): void {
  const kindsHeard = world.alerts.flatMap((alert) => readScalingAlert(alert) ?? []);
  expect(world.isPaused).toBe(false);
  expect(to).toBeLessThanOrEqual(MAX_REPLICAS);
  expect(Math.sign(to - from)).toBe(direction === 'up' ? 1 : -1);
  if (direction === 'down') {
    expect(world.isAlertmanagerAway).toBe(false);
    expect(world.isPrometheusAway).toBe(false);
    if (reason !== 'out_of_bounds') expect(kindsHeard.some(({ kind }) => kind === 'overloaded')).toBe(false);
  }
  if (reason === 'kept') return;
  expect(world.isPrometheusAway).toBe(false);
  expect(world.knownSilences).toEqual([]);
  const alert = kindsHeard.find(({ kind }) => kind === reason);
  expect(alert).toBeDefined();
  if (alert === undefined) return;
  expect(to).toBeGreaterThanOrEqual(Math.min(alert.min, MAX_REPLICAS));
  expect(to).toBeLessThanOrEqual(Math.max(1, alert.max));
  if (last?.serviceId === serviceId && reason !== 'out_of_bounds')
    expect(atMs - last.atMs).toBeGreaterThanOrEqual(alert.cooldownMs);
}
