/** When a target must be looked at again without being woken, because time alone may change the verdict. */
import type { Decision } from './decision.ts';
import type { HoldReason } from './reasons.ts';

export const SHORT_WHILE_MS = 2_000;

const CHANGES_SOON: readonly HoldReason[] = [
  'starting',
  'pending_resources',
  'updating',
  'prometheus_away',
  'docker_away',
  'silences_unknown',
];

const UNDER_WAY: readonly HoldReason[] = ['in_flight', 'draining', 'provider_away'];

/** Undefined: the next webhook or poll is soon enough. */
export function nextLookAfterMs(
  decision: Decision,
  nowMs: number,
  underWayMs = SHORT_WHILE_MS,
): number | undefined {
  switch (decision.kind) {
    case 'scale':
    case 'step':
      return Math.min(SHORT_WHILE_MS, underWayMs);
    case 'reject':
      return undefined;
    case 'hold': {
      const soon = soonMs(decision.reason, underWayMs);
      const untilMs = decision.untilMs ?? Number.POSITIVE_INFINITY;
      const afterMs = Math.min(soon, Math.max(0, untilMs - nowMs));
      return Number.isFinite(afterMs) ? afterMs : undefined;
    }
  }
}

function soonMs(reason: HoldReason, underWayMs: number): number {
  if (UNDER_WAY.includes(reason)) return underWayMs;
  return CHANGES_SOON.includes(reason) ? SHORT_WHILE_MS : Number.POSITIVE_INFINITY;
}
