/** What differs between two observations, as events: alerts, decisions, replicas. What is unknown in either is no change. */
import type { Observation, SeenDecision } from './observation.ts';
import type { StoryEvent } from './story-event.ts';

export function noticeChanges(before: Observation, now: Observation): readonly StoryEvent[] {
  return [...noticeDecisions(before, now), ...noticeAlerts(before, now), ...noticeReplicas(before, now)];
}

function noticeDecisions(before: Observation, now: Observation): readonly StoryEvent[] {
  const key = ({ atMs, kind, reason }: SeenDecision): string => `${atMs} ${kind} ${reason}`;
  const known = new Set(before.decisions?.map(key));
  return (now.decisions ?? [])
    .filter((decision) => !known.has(key(decision)))
    .map((decision) => ({ atMs: decision.atMs, ...describeDecision(decision) }));
}

function describeDecision({ kind, reason, sentence, scale }: SeenDecision): Omit<StoryEvent, 'atMs'> {
  if (kind !== 'scale' || scale === undefined)
    return { event: kind === 'reject' ? 'reject' : 'hold', detail: `${reason}: ${sentence}` };
  return {
    event: scale.direction === 'up' ? 'scale_up' : 'scale_down',
    detail: `from ${scale.from} to ${scale.to}, ${reason}: ${sentence}`,
  };
}

function noticeAlerts(before: Observation, now: Observation): readonly StoryEvent[] {
  if (now.alerts === undefined) return [];
  const earlier = new Map((before.alerts ?? []).map(({ name, state }) => [name, state]));
  const later = new Map(now.alerts.map(({ name, state }) => [name, state]));
  return [...new Set([...earlier.keys(), ...later.keys()])]
    .filter((name) => earlier.get(name) !== later.get(name))
    .map((name) => ({ atMs: now.atMs, event: 'alert', detail: `${name} ${later.get(name) ?? 'ended'}` }));
}

function noticeReplicas(before: Observation, now: Observation): readonly StoryEvent[] {
  const { service: earlier } = before;
  const { service: later, atMs } = now;
  if (later === undefined) return [];
  const events: StoryEvent[] = [];
  if (earlier !== undefined && earlier.desired !== later.desired)
    events.push({ atMs, event: 'replicas', detail: `from ${earlier.desired} to ${later.desired}` });
  if (earlier?.running !== later.running)
    events.push({ atMs, event: 'running', detail: `${later.running} of ${later.desired}` });
  return events;
}
