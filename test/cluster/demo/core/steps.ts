/**
 * The steps of the cluster demo, in order, each with what shows that it has happened and what is done then: MiCADO's own
 * testing chapter.
 */
import { deciderAlertName } from '../../../../internal/contract/alerts.ts';
import type { ClusterObservation, SeenWorker } from './observation.ts';
import type { ClusterEventName } from './story-event.ts';

export type ClusterAct = 'create_service' | 'remove_service' | 'destroy';

export type ClusterStep = {
  /** Recorded when it is reached. */
  readonly event: ClusterEventName;
  /** What is waited for. */
  readonly title: string;
  readonly withinMs: number;
  reached(seen: ClusterObservation): boolean;
  /** What is done when it is reached. */
  readonly follow?: { readonly act: ClusterAct; readonly event: ClusterEventName; readonly detail: string };
};

export const POOL = 'worker';
export const SERVICE = 'stress';
export const MIN_WORKERS = 2;
export const MAX_WORKERS = 4;
export const SERVED_REPLICAS = 2;

/** A VM boots within seconds here; a cloud takes its minutes. */
const BOOT_WITHIN_MS = 60_000;

const isUsable = ({ isReady, availability }: SeenWorker): boolean => isReady && availability === 'active';
const usable = ({ workers = [] }: ClusterObservation): readonly SeenWorker[] => workers.filter(isUsable);
const fires = ({ alerts = [] }: ClusterObservation, name: string): boolean =>
  alerts.some((alert) => alert.name === name && alert.state === 'firing');
const isAtMin = (seen: ClusterObservation): boolean =>
  seen.cloud?.vms.length === MIN_WORKERS &&
  seen.workers?.length === MIN_WORKERS &&
  usable(seen).length === MIN_WORKERS;
const namesService = (name: string): boolean =>
  [deciderAlertName(SERVICE, 'overloaded'), deciderAlertName(SERVICE, 'underloaded')].includes(name);

export const STEPS: readonly ClusterStep[] = [
  {
    event: 'workers_at_min',
    title: `${MIN_WORKERS} workers have joined, Prometheus' targets show them, the application answers`,
    withinMs: 60_000,
    reached: (seen) =>
      isAtMin(seen) &&
      usable(seen).every(({ isScraped }) => isScraped) &&
      seen.servedReplicas === SERVED_REPLICAS &&
      seen.requests.sent > 0,
    follow: { act: 'create_service', event: 'service_created', detail: `${SERVICE}, under load` },
  },
  {
    event: 'service_overloaded',
    title: 'the service is overloaded',
    withinMs: 60_000,
    reached: (seen) => fires(seen, deciderAlertName(SERVICE, 'overloaded')),
  },
  {
    event: 'tasks_pending',
    title: 'its containers have scaled up until they no longer fit',
    withinMs: 90_000,
    reached: ({ service }) => (service?.pending ?? 0) > 0,
  },
  {
    event: 'pool_overloaded',
    title: `${deciderAlertName(POOL, 'overloaded')} fires`,
    withinMs: 30_000,
    reached: (seen) => fires(seen, deciderAlertName(POOL, 'overloaded')),
  },
  {
    event: 'vm_requested',
    title: 'the cloud was asked for another VM',
    withinMs: 30_000,
    reached: ({ cloud }) => (cloud?.target ?? 0) > MIN_WORKERS,
  },
  {
    event: 'worker_joined',
    title: 'the VM has booted and joined the Swarm',
    withinMs: BOOT_WITHIN_MS,
    reached: (seen) => usable(seen).length > MIN_WORKERS,
  },
  {
    event: 'task_on_new_worker',
    title: 'it has got work',
    withinMs: 30_000,
    reached: (seen) => usable(seen).filter(({ tasks }) => tasks.includes(SERVICE)).length > MIN_WORKERS,
  },
  {
    event: 'worker_scraped',
    title: "Prometheus' targets show it",
    withinMs: 30_000,
    reached: (seen) => usable(seen).filter(({ isScraped }) => isScraped).length > MIN_WORKERS,
  },
  {
    event: 'load_carried',
    title: `utilisation has fallen under the threshold with ${MAX_WORKERS} replicas on as many workers`,
    withinMs: 120_000,
    reached: (seen) =>
      usable(seen).length === MAX_WORKERS &&
      seen.service?.desired === MAX_WORKERS &&
      seen.service.running === MAX_WORKERS &&
      !fires(seen, deciderAlertName(SERVICE, 'overloaded')) &&
      !fires(seen, deciderAlertName(POOL, 'overloaded')),
    follow: { act: 'remove_service', event: 'service_removed', detail: `${SERVICE}, by its owner` },
  },
  {
    event: 'service_alerts_gone',
    title: 'the alerts of the removed service are gone',
    withinMs: 30_000,
    reached: ({ alerts = [] }) => !alerts.some(({ name }) => namesService(name)),
  },
  {
    event: 'pool_underloaded',
    title: `${deciderAlertName(POOL, 'underloaded')} fires`,
    withinMs: 60_000,
    reached: (seen) => fires(seen, deciderAlertName(POOL, 'underloaded')),
  },
  {
    event: 'back_at_min',
    title: `the idle workers are drained and gone, ${MIN_WORKERS} are left`,
    withinMs: 180_000,
    reached: isAtMin,
    follow: { act: 'destroy', event: 'destroy_asked', detail: 'micado destroy' },
  },
  {
    event: 'destroyed',
    title: 'no VM and no worker is left',
    withinMs: 120_000,
    reached: ({ cloud, workers }) => cloud?.vms.length === 0 && workers?.length === 0,
  },
];
