/** Plays the story: looks, lets the story advance, does what it names next, shows it, until it has ended. */
import { describeError, isAppError } from '../../internal/daemon/app-error.ts';
import type { Clock } from '../../internal/daemon/clock.ts';
import type { Observation } from './core/observation.ts';
import { type Act, IDLE_LIMITS, OVERLOAD_LIMITS } from './core/steps.ts';
import { advanceStory, failStory, type Story, startStory } from './core/story.ts';
import type { LiveDisplay } from './live-display.ts';

export type Stage = {
  readonly service: string;
  create(): Promise<void>;
  remove(): Promise<void>;
  /** In limits of one replica. */
  setLoad(limits: number): void;
  observe(): Promise<Observation>;
  readonly display: LiveDisplay;
  readonly clock: Clock;
  readonly signal: AbortSignal;
};

const LOOK_EVERY_MS = 200;

export async function playStory(stage: Stage): Promise<Story> {
  const { clock, signal, display } = stage;
  let story = startStory(stage.service, clock.now());
  try {
    if (!signal.aborted) await stage.create();
    while (story.phase !== 'done' && story.phase !== 'failed' && !signal.aborted) {
      const advanced = advanceStory(story, await stage.observe());
      story = advanced.story;
      if (advanced.act !== undefined) await ACTS[advanced.act](stage);
      display.show(story);
      await clock.sleep(LOOK_EVERY_MS, signal);
    }
    if (signal.aborted) story = failStory(story, 'interrupted', clock.now());
  } catch (error) {
    if (!isAppError(error)) throw error;
    story = failStory(story, describeError(error), clock.now());
  }
  display.show(story);
  return story;
}

const ACTS: Readonly<Record<Act, (stage: Stage) => Promise<void> | void>> = {
  raise_load: (stage) => stage.setLoad(OVERLOAD_LIMITS),
  lower_load: (stage) => stage.setLoad(IDLE_LIMITS),
  remove_service: (stage) => stage.remove(),
};
