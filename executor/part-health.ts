/** How each part of the stack answered last: for readiness, for the status page, and for the latency histogram. */
import { type AppErrorCode, describeError, isAppError } from '../internal/daemon/app-error.ts';
import type { Clock } from '../internal/daemon/clock.ts';

export const PARTS = ['docker', 'prometheus', 'alertmanager', 'provider'] as const;
export type Part = (typeof PARTS)[number];

export type PartState =
  | { readonly state: 'unknown' }
  | { readonly state: 'ok'; readonly sinceMs: number; readonly latencyMs: number }
  | { readonly state: 'away'; readonly sinceMs: number; readonly problem: string };

export type PartHealth = {
  /** Runs the call, and remembers how it ended. Failures with one of the codes `answers` are answers as well. */
  watch<T>(part: Part, call: () => Promise<T>, answers?: readonly AppErrorCode[]): Promise<T>;
  of(part: Part): PartState;
  /** One sentence for each part that is not known to be well. */
  problems(): readonly string[];
};

export type PartHealthOptions = {
  readonly clock: Clock;
  onAnswer(part: Part, result: 'ok' | 'failed', durationMs: number): void;
  onChange(part: Part, state: PartState): void;
};

export function createPartHealth({ clock, onAnswer, onChange }: PartHealthOptions): PartHealth {
  const states = new Map<Part, PartState>(PARTS.map((part) => [part, { state: 'unknown' }]));
  const of = (part: Part): PartState => states.get(part) ?? { state: 'unknown' };
  const become = (part: Part, next: PartState): void => {
    const before = of(part);
    if (before.state !== next.state) onChange(part, next);
    const isSame = before.state !== 'unknown' && next.state !== 'unknown' && before.state === next.state;
    states.set(part, isSame ? { ...next, sinceMs: before.sinceMs } : next);
  };
  return {
    of,
    async watch(part, call, answers = []) {
      const startMs = clock.now();
      try {
        const answer = await call();
        const nowMs = clock.now();
        onAnswer(part, 'ok', nowMs - startMs);
        become(part, { state: 'ok', sinceMs: nowMs, latencyMs: nowMs - startMs });
        return answer;
      } catch (error) {
        const nowMs = clock.now();
        const isAnswer = isAppError(error) && answers.includes(error.code);
        onAnswer(part, isAnswer ? 'ok' : 'failed', nowMs - startMs);
        if (isAnswer) become(part, { state: 'ok', sinceMs: nowMs, latencyMs: nowMs - startMs });
        else become(part, { state: 'away', sinceMs: nowMs, problem: describeError(error) });
        throw error;
      }
    },
    problems: () => PARTS.flatMap((part) => describeProblem(part, of(part)) ?? []),
  };
}

function describeProblem(part: Part, now: PartState): string | undefined {
  switch (now.state) {
    case 'ok':
      return undefined;
    case 'unknown':
      // Nobody asks the provider of machines before there is a pool.
      return part === 'provider' ? undefined : `${part} has not answered yet`;
    case 'away':
      return `${part} is away: ${now.problem}`;
  }
}
