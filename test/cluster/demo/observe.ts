/** Looks at the cluster through the cloud, the Swarm, Prometheus and the executor: once, everything at the same time. */
import type Docker from 'dockerode';
import { z } from 'zod';
import { ALERT_LABEL } from '../../../internal/contract/alerts.ts';
import { POOL_NODE_LABEL, STATE_NODE_LABEL } from '../../../internal/contract/labels.ts';
import { isAppError } from '../../../internal/daemon/app-error.ts';
import type { Clock } from '../../../internal/daemon/clock.ts';
import { callJson } from '../../../internal/daemon/http-client.ts';
import type { Cloud } from '../cloud/cloud.ts';
import type { Probe } from '../story/probe.ts';
import { listNodes, listWantedTasks, type TaskView } from '../story/swarm-view.ts';
import type { ClusterObservation, SeenAlert, SeenDecision, SeenWorker } from './core/observation.ts';
import { POOL, SERVICE } from './core/steps.ts';

export type ObserverOptions = {
  readonly docker: Docker;
  readonly cloud: Cloud;
  readonly probe: Probe;
  /** The name of the served application. */
  readonly app: string;
  readonly prometheusUrl: string;
  readonly executorUrl: string;
  readonly clock: Clock;
};

const TIMEOUT_MS = 3_000;

export function createObserver(options: ObserverOptions): () => Promise<ClusterObservation> {
  const { clock, probe, docker } = options;
  const sinceMs = clock.now();
  return async () => {
    const [cloud, swarm, alerts, decisions] = await Promise.all([
      known(() => readCloud(options.cloud)),
      known(() => readSwarm(options, docker)),
      known(() => readAlerts(options)),
      known(() => readDecisions(options, sinceMs)),
    ]);
    const { sent, lost } = probe.requests();
    const { workers, service, servedReplicas } = swarm ?? {};
    return {
      atMs: clock.now(),
      cloud,
      workers,
      service,
      servedReplicas,
      alerts,
      decisions,
      requests: { sent, lost: lost.length },
    };
  };
}

/** Any part may be away for a moment, as in life: then it is unknown. */
async function known<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (isAppError(error, 'unavailable')) return undefined;
    throw error;
  }
}

const cloudAnswer = z.record(
  z.string(),
  z.object({
    instances: z.record(z.string(), z.object({ state: z.string() })),
    scaling: z.object({ target: z.number() }),
  }),
);

/** An infrastructure that is not known (any more) has what the cloud itself still runs. */
async function readCloud({ url, infraId, node, vms }: Cloud) {
  const answer = cloudAnswer.safeParse(await get(`${url}/infrastructures/${infraId}`));
  const pool = answer.success ? answer.data[node] : undefined;
  return pool === undefined
    ? { target: 0, vms: vms().map(() => ({ state: 'unknown' })) }
    : { target: pool.scaling.target, vms: Object.values(pool.instances) };
}

async function readSwarm(options: ObserverOptions, docker: Docker) {
  const [nodes, tasks, scraped] = await Promise.all([
    listNodes(docker),
    listWantedTasks(docker),
    known(() => readScraped(options)),
  ]);
  const workers = nodes
    .filter(({ labels }) => labels[POOL_NODE_LABEL] === POOL)
    .map(
      ({ id, name, address, isReady, availability, labels }): SeenWorker => ({
        name,
        isReady,
        availability,
        drain: labels[STATE_NODE_LABEL.drain]?.split(';')[0],
        isScraped: scraped?.includes(address) ?? false,
        tasks: tasks.filter(({ nodeId }) => nodeId === id).map(({ service }) => service),
      }),
    )
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const stress = tasks.filter(({ service }) => service === SERVICE);
  const running = (some: readonly TaskView[]): number =>
    some.filter(({ state }) => state === 'running').length;
  return {
    workers,
    service: {
      desired: stress.length,
      running: running(stress),
      pending: stress.filter(({ nodeId }) => nodeId === undefined).length,
    },
    servedReplicas: running(tasks.filter(({ service }) => service === options.app)),
  };
}

const targetsAnswer = z.object({
  data: z.object({ activeTargets: z.array(z.object({ scrapeUrl: z.string(), health: z.string() })) }),
});

/** Addresses of the nodes whose exporter is up. */
async function readScraped({ prometheusUrl }: ObserverOptions): Promise<readonly string[]> {
  const { data } = targetsAnswer.parse(await get(`${prometheusUrl}/api/v1/targets?state=active`));
  return data.activeTargets
    .filter(({ health }) => health === 'up')
    .map(({ scrapeUrl }) => new URL(scrapeUrl).hostname);
}

const alertsAnswer = z.object({
  data: z.object({
    alerts: z.array(z.object({ labels: z.record(z.string(), z.string()), state: z.string() })),
  }),
});

async function readAlerts({ prometheusUrl }: ObserverOptions): Promise<readonly SeenAlert[]> {
  const { data } = alertsAnswer.parse(await get(`${prometheusUrl}/api/v1/alerts`));
  return data.alerts.flatMap(({ labels, state }) =>
    state === 'pending' || state === 'firing' ? [{ name: labels[ALERT_LABEL.alertname] ?? '', state }] : [],
  );
}

const decisionsAnswer = z.object({
  decisions: z.array(
    z.object({
      time: z.string(),
      target: z.string(),
      kind: z.string(),
      reason: z.string(),
      sentence: z.string().default(''),
      detail: z.string().optional(),
    }),
  ),
});

/** Oldest first. */
async function readDecisions(
  { executorUrl }: ObserverOptions,
  sinceMs: number,
): Promise<readonly SeenDecision[]> {
  const query = new URLSearchParams({ since: new Date(sinceMs).toISOString() });
  const answer = decisionsAnswer.parse(await get(`${executorUrl}/api/v1/decisions?${query.toString()}`));
  return answer.decisions
    .map(({ time, target, kind, reason, sentence, detail }) => ({
      atMs: Date.parse(time),
      target,
      kind,
      reason,
      detail: detail ?? sentence,
    }))
    .toReversed();
}

const get = (url: string): Promise<unknown> => callJson({ url, timeoutMs: TIMEOUT_MS });
