/** Decisions in the words that all commands have for them, and times as distances from now. */
import { formatDuration } from '../../internal/contract/duration.ts';

export type WordedDecision = {
  readonly kind: string;
  readonly reason: string;
  readonly from?: number | undefined;
  readonly to?: number | undefined;
};

/** `scale overloaded 2 → 3` */
export function describeVerdict({ kind, reason, from, to }: WordedDecision): string {
  const change = from === undefined || to === undefined ? '' : ` ${from} → ${to}`;
  return `${kind} ${reason}${change}`;
}

export function elapsed(time: string, nowMs: number): string {
  const ms = nowMs - Date.parse(time);
  return Number.isNaN(ms) ? `an ${time} time` : formatDuration(Math.max(0, Math.floor(ms / 1_000)) * 1_000);
}

export const ago = (time: string, nowMs: number): string =>
  elapsed(time, nowMs) === '0s' ? 'now' : `${elapsed(time, nowMs)} ago`;
