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

/** Undefined: the next webhook or poll is soon enough. */
export function nextLookAfterMs(decision: Decision, nowMs: number): number | undefined {
  switch (decision.kind) {
    case 'scale':
      return SHORT_WHILE_MS;
    case 'reject':
      return undefined;
    case 'hold': {
      const soon = CHANGES_SOON.includes(decision.reason) ? SHORT_WHILE_MS : Number.POSITIVE_INFINITY;
      const untilMs = decision.untilMs ?? Number.POSITIVE_INFINITY;
      const afterMs = Math.min(soon, Math.max(0, untilMs - nowMs));
      return Number.isFinite(afterMs) ? afterMs : undefined;
    }
  }
}
