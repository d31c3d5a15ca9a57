/** Plays the story: looks, lets the story advance, does what it names next, shows it, until it has ended. */
import type { LiveDisplay } from '../../../deploy/demo/live-display.ts';
import { describeError, isAppError } from '../../../internal/daemon/app-error.ts';
import type { Clock } from '../../../internal/daemon/clock.ts';
import type { ClusterObservation } from './core/observation.ts';
import { type ClusterAct, MAX_WORKERS, MIN_WORKERS } from './core/steps.ts';
import { advanceStory, type ClusterStory, failStory, startStory } from './core/story.ts';

export type ClusterStage = {
  createService(): Promise<void>;
  removeService(): Promise<void>;
  destroy(): Promise<void>;
  observe(): Promise<ClusterObservation>;
  readonly display: LiveDisplay<ClusterStory>;
  readonly clock: Clock;
  readonly signal: AbortSignal;
};

const LOOK_EVERY_MS = 200;

export async function playStory(stage: ClusterStage): Promise<ClusterStory> {
  const { clock, signal, display } = stage;
  let story = startStory(clock.now(), `a pool of ${MIN_WORKERS} to ${MAX_WORKERS} workers`);
  /** What takes its time goes on while the story looks: what it does is part of what is seen. */
  let acting = Promise.resolve();
  let problem: unknown;
  while (story.state === 'playing' && !signal.aborted) {
    const advanced = advanceStory(story, await stage.observe());
    story = advanced.story;
    if (advanced.act !== undefined)
      acting = ACTS[advanced.act](stage).catch((error: unknown) => {
        problem ??= error;
      });
    if (problem !== undefined) story = failStory(story, reasonOf(problem), clock.now());
    display.show(story);
    await clock.sleep(LOOK_EVERY_MS, signal);
  }
  await acting;
  if (signal.aborted) story = failStory(story, 'interrupted', clock.now());
  else if (problem !== undefined && story.state === 'done')
    story = failStory(story, reasonOf(problem), clock.now());
  display.show(story);
  return story;
}

const ACTS: Readonly<Record<ClusterAct, (stage: ClusterStage) => Promise<void>>> = {
  create_service: (stage) => stage.createService(),
  remove_service: (stage) => stage.removeService(),
  destroy: (stage) => stage.destroy(),
};

function reasonOf(problem: unknown): string {
  if (!isAppError(problem)) throw problem;
  return describeError(problem);
}
