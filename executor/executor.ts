/** The executor put together: queue, poll, HTTP face. */
import { CONSUL_SERVICE } from '../internal/contract/consul.ts';
import { describeError } from '../internal/daemon/app-error.ts';
import type { Clock } from '../internal/daemon/clock.ts';
import { type ConsulSelf, createConsulSelf } from '../internal/daemon/consul-self.ts';
import { createExpressApp } from '../internal/daemon/express-app.ts';
import { openHttpListener } from '../internal/daemon/http-listener.ts';
import { createKeyedQueue, type KeyedQueue } from '../internal/daemon/keyed-queue.ts';
import type { Logger } from '../internal/daemon/logger.ts';
import type { Actor } from '../internal/daemon/run-group.ts';
import { createSharedCall } from './adapters/shared-call.ts';
import type { ExecutorConfig } from './config.ts';
import type { PoolLimits } from './core/workers/pool-world.ts';
import type { Limits } from './core/world.ts';
import { createDecisionLog, type DecisionLog } from './decision-log.ts';
import { createDecisionStream } from './decision-stream.ts';
import { addExecutorRoutes, MAX_BODY_BYTES, type RouteDeps } from './http.ts';
import { type ExecutorSurroundings, openParts, type Parts } from './open-parts.ts';
import { createOverview } from './overview.ts';
import { createPartsReader } from './overview-parts.ts';
import { createPoll, type Poll } from './poll.ts';
import { createPoolBoard } from './pool-board.ts';
import { createPoolKeys } from './pool-keys.ts';
import { createReconcile, type Reconcile } from './reconcile.ts';
import { createReconcilePool } from './reconcile-pool.ts';
import { readHistory } from './target-history.ts';
import { createViews } from './views.ts';
import { createServiceWatch } from './watch-services.ts';
import { createWebhookIntake } from './webhook-intake.ts';

export type Executor = { readonly actors: readonly Actor[]; readonly url: string };

const CONCURRENCY = 32;
/** Looks that begin together share what they read; a lone one waits for nothing. */
const WAVE_MS = 20;
/** Alertmanagers that send again all at once wake a target many times: that makes few looks. */
const GAP_MS = 50;
const RETRY = { firstMs: 500, maxMs: 30_000 };

export async function createExecutor(
  config: ExecutorConfig,
  around: ExecutorSurroundings,
): Promise<Executor> {
  const { logger, clock } = around;
  const notice = createStopNotice();
  const parts = await openParts(config, around, notice.signal);
  const { metrics, reader, poolReader, overviewReader, pauses, health, journal } = parts;
  const limits = limitsOf(config);
  const poolLimits = poolLimitsOf(config);
  const board = createPoolBoard(logger);
  const log = createDecisionLog({
    journal,
    clock,
    logger,
    onDecision: metrics.decided,
    onOutsideChange: metrics.noticed,
  });
  const stream = createDecisionStream(log, clock);
  const reconcilePool = createReconcilePool({
    reader: poolReader,
    limits: poolLimits,
    pollMs: config['worker.poll'],
    log,
    board,
    metrics,
    clock,
    logger,
  });
  const reconcile = createReconcile({ reader, limits, log, metrics, clock, reconcilePool });
  const queue = openQueue(reconcile, clock, logger, metrics.retried);
  const { add: wake, waiting: queueWaiting } = queue;
  const intervalMs = config['poll.interval'];
  const poolKeys = createPoolKeys(poolReader.registry, poolReader.swarm);
  const onPolled = metrics.polled;
  const poll = createPoll({ ...reader, health, log, clock, intervalMs, poolKeys, wake, onPolled });
  const watch = createServiceWatch({ host: parts.dockerHost, log, clock, logger, wake });
  metrics.watch({
    queueWaiting,
    queueWaitedMs: queue.waitedMs,
    streamReaders: stream.readers,
    isPaused: () => pauses.current().all !== undefined,
    pausedTargets: () => Object.keys(pauses.current().targets).length,
    pools: board.pools,
    partState: (part) => health.of(part).state,
  });

  let consulSelf: ConsulSelf | undefined;
  const installed = {
    hasAlertmanager: config['alertmanager.url'].length > 0,
    hasProvider: poolReader.provider.name !== 'none',
    consul: () => consulSelf,
  };
  const journalFile = config['journal.file'];
  const listener = await openHttp(config, logger, parts, poll, {
    intake: createWebhookIntake({ log, metrics, wake }),
    views: createViews({
      ...parts,
      rules: overviewReader.rules,
      limits,
      poolLimits,
      log,
      journalFile,
      clock,
      queueWaiting,
    }),
    log,
    stream,
    pauses,
    readOverview: createSharedCall(
      createOverview({
        reader: overviewReader,
        readParts: createPartsReader(health, installed, clock),
        log,
        pauses,
        clock,
        dryRun: limits.dryRun,
      }),
    ),
    readHistory: (target, minutes) => readHistory({ ...overviewReader, log, clock }, target, minutes),
    pageFolder: around.pageFolder,
    isStopping: notice.isStopping,
    wakeAll: () => wakeKnownTargets(log, wake),
  });
  const { url } = listener;
  const consul = createConsulSelf({ name: CONSUL_SERVICE.executor, config, url, clock, logger });
  if (consul !== undefined) {
    metrics.watchConsul(consul.isUp);
    consulSelf = consul;
  }
  const consulActors = consul === undefined ? [] : [consul.actor];
  // The notice is the first to hear of the end, so readiness is false before anything closes.
  return {
    url,
    actors: [notice.actor, queue.actor, poll.actor, watch, stream.actor, ...consulActors, listener.actor],
  };
}

const limitsOf = (config: ExecutorConfig): Limits => ({
  maxReplicas: config['max-replicas'],
  startingDeadlineMs: config['starting.deadline'],
  allowedServices: config['allow-service'],
  dryRun: config['dry-run'],
});

const poolLimitsOf = (config: ExecutorConfig): PoolLimits => ({
  maxWorkers: config['max-workers'],
  bootDeadlineMs: config['worker.boot-deadline'],
  drainDeadlineMs: config['worker.drain-deadline'],
  graceMs: config['worker.grace'],
  staleAfterMs: config['worker.stale-after'],
  dryRun: config['dry-run'],
});

function openHttp(
  config: ExecutorConfig,
  logger: Logger,
  { registry, health, journal }: Pick<Parts, 'registry' | 'health' | 'journal'>,
  poll: Pick<Poll, 'once'>,
  routes: RouteDeps,
): ReturnType<typeof openHttpListener> {
  const handler = createExpressApp(
    {
      registry,
      logger,
      maxBodyBytes: MAX_BODY_BYTES,
      notReady: () => [
        ...(routes.isStopping() ? ['the executor is stopping'] : []),
        ...health.problems(),
        ...[journal.problem()].filter((problem) => problem !== undefined),
      ],
      async reload() {
        routes.wakeAll();
        await poll.once();
      },
    },
    (router) => addExecutorRoutes(router, routes),
  );
  return openHttpListener({
    handler,
    logger,
    listenAddress: config['web.listen-address'],
    webConfigFile: config['web.config.file'],
    allowedHosts: config['web.allowed-host'],
  });
}

/** Alerts that name no target are remembered too, but there is nothing to look at. */
function wakeKnownTargets(log: Pick<DecisionLog, 'targets'>, wake: (key: string) => void): void {
  for (const { target, last } of log.targets()) if (last.reason !== 'bad_alert') wake(target);
}

function openQueue(run: Reconcile, clock: Clock, logger: Logger, onRetry: () => void): KeyedQueue {
  return createKeyedQueue({
    name: 'reconcile',
    clock,
    concurrency: CONCURRENCY,
    gapMs: GAP_MS,
    waveMs: WAVE_MS,
    retry: RETRY,
    run,
    onError(target, error, retryAfterMs) {
      onRetry();
      logger.error('look at target failed', { target, error: describeError(error), retryAfterMs });
    },
  });
}

type StopNotice = { readonly actor: Actor; readonly signal: AbortSignal; isStopping(): boolean };

function createStopNotice(): StopNotice {
  const stop = new AbortController();
  return {
    signal: stop.signal,
    isStopping: () => stop.signal.aborted,
    actor: {
      name: 'stop notice',
      run: (signal) =>
        new Promise((resolve) => {
          const notice = (): void => {
            stop.abort();
            resolve();
          };
          if (signal.aborted) notice();
          else signal.addEventListener('abort', notice, { once: true });
        }),
    },
  };
}
