/** What differs between two observations, as events: workers, alerts, decisions. What is unknown in either is no change. */
import type { ClusterObservation, SeenDecision, SeenWorker } from './observation.ts';
import { MAX_WORKERS, MIN_WORKERS } from './steps.ts';
import type { ClusterEvent } from './story-event.ts';

export function noticeChanges(before: ClusterObservation, now: ClusterObservation): readonly ClusterEvent[] {
  return [
    ...noticeDecisions(before, now),
    ...noticeAlerts(before, now),
    ...noticeWorkers(before, now),
    ...noticeLostRequests(before, now),
  ];
}

/** While the infrastructure stands, its VMs stay within the bounds. */
export function noticeBounds(before: ClusterObservation, now: ClusterObservation): readonly ClusterEvent[] {
  const earlier = before.cloud?.vms.length;
  const count = now.cloud?.vms.length;
  if (count === undefined || count === earlier) return [];
  const detail = `${count} VMs`;
  if (count > MAX_WORKERS) return [{ atMs: now.atMs, event: 'above_max', detail }];
  const fell = earlier !== undefined && count < earlier;
  return fell && count < MIN_WORKERS ? [{ atMs: now.atMs, event: 'below_min', detail }] : [];
}

function noticeDecisions(before: ClusterObservation, now: ClusterObservation): readonly ClusterEvent[] {
  const key = ({ atMs, target, reason, detail }: SeenDecision): string =>
    `${atMs} ${target} ${reason} ${detail}`;
  const known = new Set(before.decisions?.map(key));
  return (now.decisions ?? [])
    .filter((decision) => !known.has(key(decision)))
    .map(({ atMs, target, kind, reason, detail }) => ({
      atMs,
      event: 'decision',
      detail: `${target}: ${kind} ${reason}, ${detail}`,
    }));
}

function noticeAlerts(before: ClusterObservation, now: ClusterObservation): readonly ClusterEvent[] {
  if (now.alerts === undefined) return [];
  const earlier = new Map((before.alerts ?? []).map(({ name, state }) => [name, state]));
  const later = new Map(now.alerts.map(({ name, state }) => [name, state]));
  return [...new Set([...earlier.keys(), ...later.keys()])]
    .filter((name) => earlier.get(name) !== later.get(name))
    .map((name) => ({ atMs: now.atMs, event: 'alert', detail: `${name} ${later.get(name) ?? 'ended'}` }));
}

function noticeWorkers(before: ClusterObservation, now: ClusterObservation): readonly ClusterEvent[] {
  if (now.workers === undefined) return [];
  const { atMs } = now;
  const earlier = new Map((before.workers ?? []).map((worker) => [worker.name, worker]));
  const later = new Set(now.workers.map(({ name }) => name));
  const changed = now.workers
    .filter((worker) => describeWorker(worker) !== describeWorker(earlier.get(worker.name)))
    .map((worker): ClusterEvent => ({ atMs, event: 'worker', detail: describeWorker(worker) }));
  const left = [...earlier.values()].filter(({ name }) => !later.has(name));
  return [...changed, ...left.map((worker) => noticeLeaving(worker, atMs))];
}

/** A worker may go only after it was drained and had no task left. */
function noticeLeaving({ name, availability, tasks }: SeenWorker, atMs: number): ClusterEvent {
  return availability === 'drain' && tasks.length === 0
    ? { atMs, event: 'worker_left', detail: `${name}, drained` }
    : { atMs, event: 'left_undrained', detail: `${name}, ${availability}, with ${tasks.length} tasks` };
}

function describeWorker(worker: SeenWorker | undefined): string {
  if (worker === undefined) return '';
  const { name, isReady, availability, drain } = worker;
  return `${name} ${isReady ? 'ready' : 'down'}, ${availability}${drain === undefined ? '' : `, ${drain}`}`;
}

function noticeLostRequests(before: ClusterObservation, now: ClusterObservation): readonly ClusterEvent[] {
  const lost = now.requests.lost - before.requests.lost;
  return lost <= 0 ? [] : [{ atMs: now.atMs, event: 'request_lost', detail: `${lost} more` }];
}
