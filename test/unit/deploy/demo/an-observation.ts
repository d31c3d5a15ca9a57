import type { Observation, SeenDecision } from '../../../../deploy/demo/core/observation.ts';

export const START_MS = Date.parse('2026-01-01T00:00:00Z');

/** What is seen of a service with one running, measured, idle replica, so many seconds after the start. */
export function anObservation(atSeconds: number, seen: Partial<Omit<Observation, 'atMs'>> = {}): Observation {
  return {
    atMs: START_MS + atSeconds * 1000,
    service: { desired: 1, running: 1 },
    rules: ['web_overloaded', 'web_underloaded'],
    scrapedTasks: 1,
    utilisationPercent: 0,
    alerts: [],
    decisions: [],
    ...seen,
  };
}

export function aScaleDecision(atSeconds: number, from: number, to: number): SeenDecision {
  const direction = to > from ? 'up' : 'down';
  return {
    atMs: START_MS + atSeconds * 1000,
    kind: 'scale',
    reason: direction === 'up' ? 'overloaded' : 'underloaded',
    sentence: 'The service has passed a threshold.',
    scale: { from, to, direction },
  };
}
