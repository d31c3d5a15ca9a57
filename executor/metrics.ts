/** The executor's own series. Label values come from fixed lists; only pools, of which there are few, are named. */
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import { EXECUTOR_METRIC } from '../internal/contract/metrics.ts';
import type { Decision } from './core/decision.ts';
import {
  HOLD_REASONS,
  OUTSIDE_REASONS,
  type OutsideReason,
  REJECT_REASONS,
  SCALE_REASONS,
  STEP_REASONS,
} from './core/reasons.ts';
import { PARTS, type Part, type PartState } from './part-health.ts';
import type { ShownPool } from './pool-board.ts';
import { createPoolMetrics } from './pool-metrics.ts';

export type ExecutorMetrics = ReturnType<typeof createExecutorMetrics>;

export type GaugeSources = {
  queueWaiting(): number;
  queueWaitedMs(): number;
  streamReaders(): number;
  isPaused(): boolean;
  pausedTargets(): number;
  pools(): readonly ShownPool[];
  partState(part: Part): PartState['state'];
};

/** Every verdict is there from the start, so that a first one is an increase. */
const REASONS_OF = {
  scale: SCALE_REASONS,
  step: STEP_REASONS,
  hold: HOLD_REASONS,
  reject: REJECT_REASONS,
} as const satisfies Record<Decision['kind'], object>;

const API_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const REACTION_BUCKETS = [1, 2, 5, 10, 15, 20, 30, 60, 120, 300, 900];

export function createExecutorMetrics(registry: Registry) {
  const registers = [registry];
  const decisions = new Counter({
    name: 'micado_executor_decisions_total',
    help: 'Decisions about targets, repeats included.',
    labelNames: ['kind', 'reason'],
    registers,
  });
  const actions = new Counter({
    name: 'micado_executor_scale_actions_total',
    help: 'Changes of replicas that Docker took.',
    labelNames: ['direction'],
    registers,
  });
  const webhooks = new Counter({
    name: 'micado_executor_webhooks_total',
    help: 'Webhooks by what became of them.',
    labelNames: ['result'],
    registers,
  });
  const alertsReceived = new Counter({
    name: 'micado_executor_alerts_received_total',
    help: 'Alerts in webhooks; bad ones name no target.',
    labelNames: ['result'],
    registers,
  });
  const apiSeconds = new Histogram({
    name: 'micado_executor_api_request_duration_seconds',
    help: 'Time that Docker, Prometheus, Alertmanager and the provider of machines took to answer.',
    labelNames: ['part', 'result'],
    buckets: API_BUCKETS,
    registers,
  });
  const alertToActionSeconds = new Histogram({
    name: 'micado_executor_alert_to_action_seconds',
    help: 'From the moment the expression of an alert became true to the change of replicas.',
    labelNames: ['direction'],
    buckets: REACTION_BUCKETS,
    registers,
  });
  const conflicts = new Counter({
    name: 'micado_executor_conflicts_total',
    help: 'Changes that Docker refused because somebody else had changed the service in between.',
    registers,
  });
  const retries = new Counter({
    name: 'micado_executor_retries_total',
    help: 'Looks at targets that failed, and are repeated after a back-off.',
    registers,
  });
  const outsideChanges = new Counter({
    name: 'micado_executor_outside_changes_total',
    help: 'Changes of replicas by others that were noticed.',
    labelNames: ['reason'],
    registers,
  });
  const journalErrors = new Counter({
    name: EXECUTOR_METRIC.journalErrors,
    help: 'Records that could not be written to the journal.',
    registers,
  });
  const lastPoll = new Gauge({
    name: 'micado_executor_last_poll_timestamp_seconds',
    help: 'When the firing alerts were last looked through.',
    registers,
  });
  const pools = createPoolMetrics(registry);
  for (const [kind, reasons] of Object.entries(REASONS_OF))
    for (const reason of Object.keys(reasons)) decisions.inc({ kind, reason }, 0);
  for (const reason of Object.keys(OUTSIDE_REASONS)) outsideChanges.inc({ reason }, 0);
  for (const direction of ['up', 'down']) actions.inc({ direction }, 0);
  for (const result of ['accepted', 'malformed', 'stopping']) webhooks.inc({ result }, 0);
  for (const result of ['known', 'bad']) alertsReceived.inc({ result }, 0);

  return {
    decided: ({ kind, reason }: Decision) => decisions.inc({ kind, reason }),
    acted(direction: 'up' | 'down', reactionMs: number) {
      actions.inc({ direction });
      if (Number.isFinite(reactionMs))
        alertToActionSeconds.observe({ direction }, Math.max(0, reactionMs / 1000));
    },
    poolActed: pools.acted,
    providerAsked: pools.providerAsked,
    webhook: (result: 'accepted' | 'malformed' | 'stopping') => webhooks.inc({ result }),
    alertReceived: (result: 'known' | 'bad') => alertsReceived.inc({ result }),
    apiAnswered: (part: string, result: 'ok' | 'failed', durationMs: number) =>
      apiSeconds.observe({ part, result }, durationMs / 1000),
    conflicted: () => conflicts.inc(),
    retried: () => retries.inc(),
    noticed: (reason: OutsideReason) => outsideChanges.inc({ reason }),
    journalFailed: () => journalErrors.inc(),
    polled: (timeMs: number) => lastPoll.set(timeMs / 1000),
    watchConsul: (isUp: () => boolean): Gauge =>
      readGauge(registers, 'micado_executor_consul_up', '1 while the Consul agent knows this executor.', () =>
        Number(isUp()),
      ),
    /** Gauges that are read when they are scraped. */
    watch: (sources: GaugeSources): readonly Gauge[] => [
      ...pools.watch(sources.pools),
      readPartStates(registers, sources.partState),
      readGauge(registers, 'micado_executor_queue_waiting', 'Targets that are due to be looked at.', () =>
        sources.queueWaiting(),
      ),
      readGauge(
        registers,
        'micado_executor_queue_oldest_seconds',
        'How long the target that is due for longest has waited.',
        () => sources.queueWaitedMs() / 1000,
      ),
      readGauge(
        registers,
        'micado_executor_stream_readers',
        'Readers that follow the decisions as they happen.',
        () => sources.streamReaders(),
      ),
      readGauge(registers, 'micado_executor_paused', '1 while all actions are paused.', () =>
        Number(sources.isPaused()),
      ),
      readGauge(registers, 'micado_executor_paused_targets', 'Targets that are paused each by itself.', () =>
        sources.pausedTargets(),
      ),
    ],
  };
}

/** A part that was never asked has no series: nobody knows. */
function readPartStates(registers: Registry[], stateOf: GaugeSources['partState']): Gauge {
  return new Gauge({
    name: EXECUTOR_METRIC.partUp,
    help: '1 where a part of the stack answered when it was last asked, 0 where it did not.',
    labelNames: ['part'],
    registers,
    collect() {
      this.reset();
      for (const part of PARTS) {
        const state = stateOf(part);
        if (state !== 'unknown') this.set({ part }, Number(state === 'ok'));
      }
    },
  });
}

function readGauge(registers: Registry[], name: string, help: string, read: () => number): Gauge {
  return new Gauge({
    name,
    help,
    registers,
    collect() {
      this.set(read());
    },
  });
}
