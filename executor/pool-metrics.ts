/** The executor's series about pools of workers. */
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import { EXECUTOR_METRIC } from '../internal/contract/metrics.ts';
import type { ScaleDecision, StepDecision } from './core/decision.ts';
import type { StepReason } from './core/reasons.ts';
import type { PoolFigures } from './core/workers/pool-figures.ts';
import type { ShownPool } from './pool-board.ts';
import type { ProviderRequest } from './watch-provider.ts';

const DRAIN_RESULT: Readonly<Partial<Record<StepReason, 'started' | 'finished' | 'undone'>>> = {
  drain_started: 'started',
  worker_removed: 'finished',
  drain_undone: 'undone',
};
const REACTION_BUCKETS = [1, 2, 5, 10, 15, 20, 30, 60, 120, 300, 900];

/** One gauge for each: no pool, or a pool that is not known well, has no series. */
const GAUGES: readonly (readonly [name: string, help: string, read: (figures: PoolFigures) => number])[] = [
  [EXECUTOR_METRIC.poolTarget, 'Workers that the provider was asked for.', ({ target }) => target],
  [EXECUTOR_METRIC.poolActual, 'Workers that the provider has.', ({ actual }) => actual],
  [EXECUTOR_METRIC.poolReady, 'Workers that are Ready and scraped.', ({ ready }) => ready],
  [EXECUTOR_METRIC.poolMin, 'The fewest workers that all bounds allow.', ({ min }) => min],
  [EXECUTOR_METRIC.poolMax, 'The most workers that all bounds allow.', ({ max }) => max],
  ['micado_executor_pool_in_flight', '1 while workers are on their way.', ({ inFlight }) => Number(inFlight)],
  [
    'micado_executor_pool_draining',
    '1 while a worker is on its way out.',
    ({ isDraining }) => Number(isDraining),
  ],
  [
    'micado_executor_pool_bounds_differ',
    '1 while rule and provider have different bounds.',
    ({ boundsDiffer }) => Number(boundsDiffer),
  ],
  [
    'micado_executor_pool_tasks_pending',
    'Tasks that an empty worker would take.',
    (figures) => figures.pendingTasks,
  ],
  [
    'micado_executor_pool_tasks_unschedulable',
    'Tasks that wait and that no empty worker would take.',
    (figures) => figures.unschedulableTasks,
  ],
];

export function createPoolMetrics(registry: Registry) {
  const registers = [registry];
  const scaleOuts = new Counter({
    name: 'micado_executor_pool_scale_outs_total',
    help: 'Requests for more workers that the provider took.',
    labelNames: ['reason'],
    registers,
  });
  const drains = new Counter({
    name: 'micado_executor_pool_drains_total',
    help: 'Workers that were taken out of service: begun, finished, undone.',
    labelNames: ['result'],
    registers,
  });
  const repairs = new Counter({
    name: 'micado_executor_pool_repairs_total',
    help: 'Failed boots, stale nodes and stuck providers that were seen to.',
    labelNames: ['reason'],
    registers,
  });
  const alertToScaleOut = new Histogram({
    name: 'micado_executor_pool_alert_to_request_seconds',
    help: 'From the moment the expression of an alert became true to the request for workers.',
    buckets: REACTION_BUCKETS,
    registers,
  });
  const requests = new Counter({
    name: 'micado_executor_provider_requests_total',
    help: 'Requests to the provider of machines.',
    labelNames: ['request', 'result'],
    registers,
  });
  for (const result of ['started', 'finished', 'undone']) drains.inc({ result }, 0);

  return {
    providerAsked: (request: ProviderRequest, result: 'ok' | 'failed') => requests.inc({ request, result }),
    acted(decision: ScaleDecision | StepDecision, nowMs: number): void {
      if (decision.kind === 'scale') {
        scaleOuts.inc({ reason: decision.reason });
        const reactionMs = nowMs - decision.alertActiveAtMs;
        if (Number.isFinite(reactionMs)) alertToScaleOut.observe(Math.max(0, reactionMs / 1000));
        return;
      }
      const { reason } = decision;
      const result = DRAIN_RESULT[reason];
      if (result !== undefined) drains.inc({ result });
      else if (reason === 'boot_failed' || reason === 'stale_node' || reason === 'provider_stuck')
        repairs.inc({ reason });
    },
    watch: (pools: () => readonly ShownPool[]): readonly Gauge[] =>
      GAUGES.map(
        ([name, help, read]) =>
          new Gauge({
            name,
            help,
            labelNames: ['infra_id', 'node'],
            registers,
            collect() {
              this.reset();
              for (const { target, figures } of pools())
                this.set({ infra_id: target.infraId, node: target.node }, read(figures));
            },
          }),
      ),
  };
}
