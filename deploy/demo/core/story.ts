/**
 * The demo as a sequence of steps: each waits until the observations show that something has happened, then names what is
 * to be done next. A step that does not happen in time fails the story; a replica too many or too few is a flap.
 */

import { noticeChanges } from './notice-changes.ts';
import { completeWith, nothingSeen, type Observation } from './observation.ts';
import { type Act, type Phase, STEPS, type Step } from './steps.ts';
import type { StoryEvent } from './story-event.ts';

export type Story = {
  readonly startMs: number;
  readonly phase: Phase | 'done' | 'failed';
  readonly phaseSinceMs: number;
  readonly last: Observation;
  readonly events: readonly StoryEvent[];
  readonly samples: readonly Sample[];
};

export type Sample = {
  readonly atMs: number;
  readonly utilisationPercent: number | undefined;
  readonly replicas: number | undefined;
};

/** The service has just been created. */
export function startStory(service: string, nowMs: number): Story {
  return {
    startMs: nowMs,
    phase: 'rules',
    phaseSinceMs: nowMs,
    last: nothingSeen(nowMs),
    events: [{ atMs: nowMs, event: 'service_created', detail: service }],
    samples: [],
  };
}

export function advanceStory(
  story: Story,
  observation: Observation,
): { readonly story: Story; readonly act: Act | undefined } {
  const { phase } = story;
  if (phase === 'done' || phase === 'failed') return { story, act: undefined };
  const step = STEPS[phase];
  const seen = completeWith(story.last, observation);
  const { atMs } = seen;
  const told: Story = {
    ...story,
    last: seen,
    samples: [...story.samples, sampleOf(observation)],
    events: [...story.events, ...noticeChanges(story.last, seen), ...noticeFlap(story.last, seen, step)],
  };
  const forMs = atMs - story.phaseSinceMs;
  if (step.reached(seen, forMs)) {
    const { event, next, follow, title } = step;
    const events = [
      { atMs, event, detail: title },
      ...(follow === undefined ? [] : [{ atMs, event: follow.event, detail: follow.detail }]),
    ];
    return { story: enter(told, next, atMs, events), act: follow?.act };
  }
  if (forMs <= step.withinMs) return { story: told, act: undefined };
  const detail = `not within ${step.withinMs / 1000} s: ${step.title}`;
  return { story: enter(told, 'failed', atMs, [{ atMs, event: 'failed', detail }]), act: undefined };
}

/** Ends the story where something outside of it went wrong. */
export function failStory(story: Story, detail: string, atMs: number): Story {
  return enter(story, 'failed', atMs, [{ atMs, event: 'failed', detail }]);
}

const enter = (story: Story, phase: Story['phase'], atMs: number, events: readonly StoryEvent[]): Story => ({
  ...story,
  phase,
  phaseSinceMs: atMs,
  events: [...story.events, ...events],
});

function noticeFlap(before: Observation, now: Observation, { direction }: Step): readonly StoryEvent[] {
  const change = (now.service?.desired ?? 0) - (before.service?.desired ?? now.service?.desired ?? 0);
  if (change === 0 || (change > 0 ? direction === 'up' : direction === 'down')) return [];
  const detail = `replicas went ${change > 0 ? 'up' : 'down'} while the load gave no reason to`;
  return [{ atMs: now.atMs, event: 'flapped', detail }];
}

const sampleOf = ({ atMs, utilisationPercent, service }: Observation): Sample => ({
  atMs,
  utilisationPercent,
  replicas: service?.desired,
});
