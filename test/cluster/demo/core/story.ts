/**
 * The demo as a sequence of steps: each waits until the observations show that something has happened, then names what is
 * to be done next. A step that does not happen in time fails the story.
 */
import { noticeBounds, noticeChanges } from './notice-changes.ts';
import { type ClusterObservation, completeWith, nothingSeen } from './observation.ts';
import { type ClusterAct, STEPS } from './steps.ts';
import type { ClusterEvent } from './story-event.ts';

export type ClusterStory = {
  readonly startMs: number;
  /** The index of the step that is waited for. */
  readonly step: number;
  readonly state: 'playing' | 'done' | 'failed';
  readonly stepSinceMs: number;
  readonly last: ClusterObservation;
  readonly events: readonly ClusterEvent[];
};

export function startStory(nowMs: number, detail: string): ClusterStory {
  return {
    startMs: nowMs,
    step: 0,
    state: 'playing',
    stepSinceMs: nowMs,
    last: nothingSeen(nowMs),
    events: [{ atMs: nowMs, event: 'started', detail }],
  };
}

export function advanceStory(
  story: ClusterStory,
  observation: ClusterObservation,
): { readonly story: ClusterStory; readonly act: ClusterAct | undefined } {
  const step = STEPS[story.step];
  if (story.state !== 'playing' || step === undefined) return { story, act: undefined };
  const seen = completeWith(story.last, observation);
  const { atMs } = seen;
  // Once it is being destroyed nothing keeps the pool above its min.
  const stands = story.step < STEPS.length - 1;
  const noticed = [...noticeChanges(story.last, seen), ...(stands ? noticeBounds(story.last, seen) : [])];
  const told: ClusterStory = { ...story, last: seen, events: [...story.events, ...noticed] };
  if (step.reached(seen)) {
    const { event, title, follow } = step;
    const events = [
      { atMs, event, detail: title },
      ...(follow === undefined ? [] : [{ atMs, event: follow.event, detail: follow.detail }]),
    ];
    return { story: enterNext(told, atMs, events), act: follow?.act };
  }
  if (atMs - story.stepSinceMs <= step.withinMs) return { story: told, act: undefined };
  return {
    story: failStory(told, `not within ${step.withinMs / 1000} s: ${step.title}`, atMs),
    act: undefined,
  };
}

/** Ends the story where something outside of it went wrong. */
export function failStory(story: ClusterStory, detail: string, atMs: number): ClusterStory {
  return { ...story, state: 'failed', events: [...story.events, { atMs, event: 'failed', detail }] };
}

function enterNext(story: ClusterStory, atMs: number, events: readonly ClusterEvent[]): ClusterStory {
  const step = story.step + 1;
  return {
    ...story,
    step,
    state: step === STEPS.length ? 'done' : 'playing',
    stepSinceMs: atMs,
    events: [...story.events, ...events],
  };
}
