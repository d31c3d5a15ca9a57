import type { ClusterObservation, SeenWorker } from '../../../cluster/demo/core/observation.ts';
import { MAX_WORKERS, MIN_WORKERS, SERVED_REPLICAS, SERVICE } from '../../../cluster/demo/core/steps.ts';

export const START_MS = Date.parse('2026-03-01T12:00:00Z');

export const aWorker = (name: string, given: Partial<SeenWorker> = {}): SeenWorker => ({
  name,
  isReady: true,
  availability: 'active',
  drain: undefined,
  isScraped: true,
  tasks: [],
  ...given,
});

const names = (count: number): readonly string[] =>
  Array.from({ length: count }, (_, index) => `w${index + 1}`);

export const workers = (count: number, given: Partial<SeenWorker> = {}): readonly SeenWorker[] =>
  names(count).map((name) => aWorker(name, given));

export const aCloud = (count: number, target = count) => ({
  target,
  vms: names(count).map(() => ({ state: 'ready' })),
});

const firing = (name: string) => ({ name, state: 'firing' }) as const;

/** `atS` seconds after the start; without more, the pool stands at its min. */
export const aClusterObservation = (
  atS: number,
  given: Partial<ClusterObservation> = {},
): ClusterObservation => ({
  atMs: START_MS + atS * 1_000,
  cloud: aCloud(MIN_WORKERS),
  workers: workers(MIN_WORKERS),
  service: { desired: 0, running: 0, pending: 0 },
  servedReplicas: SERVED_REPLICAS,
  alerts: [],
  decisions: [],
  requests: { sent: 20, lost: 0 },
  ...given,
});

/** The whole story as it should go, one observation for each step. */
export const WELL_PLAYED: readonly ClusterObservation[] = [
  aClusterObservation(1),
  aClusterObservation(5, { alerts: [firing('stress_overloaded')] }),
  aClusterObservation(10, { service: { desired: 3, running: 2, pending: 1 } }),
  aClusterObservation(12, { alerts: [firing('worker_overloaded')] }),
  aClusterObservation(14, { cloud: aCloud(2, 3) }),
  aClusterObservation(20, { cloud: aCloud(3), workers: workers(3) }),
  aClusterObservation(22, { cloud: aCloud(3), workers: workers(3, { tasks: [SERVICE] }) }),
  aClusterObservation(23, { cloud: aCloud(3), workers: workers(3, { tasks: [SERVICE] }) }),
  aClusterObservation(30, {
    cloud: aCloud(MAX_WORKERS),
    workers: workers(MAX_WORKERS, { tasks: [SERVICE] }),
    service: { desired: MAX_WORKERS, running: MAX_WORKERS, pending: 0 },
  }),
  aClusterObservation(31, { cloud: aCloud(MAX_WORKERS), workers: workers(MAX_WORKERS) }),
  aClusterObservation(44, {
    cloud: aCloud(MAX_WORKERS),
    workers: [
      ...workers(2),
      aWorker('w3', { availability: 'drain', drain: 'draining' }),
      aWorker('w4', { availability: 'drain', drain: 'removing' }),
    ],
    alerts: [firing('worker_underloaded')],
  }),
  aClusterObservation(50),
  aClusterObservation(55, { workers: workers(MIN_WORKERS, { availability: 'drain' }) }),
  aClusterObservation(60, { cloud: aCloud(0), workers: [] }),
];
