import { beforeEach, describe, expect, test } from '@jest/globals';
import type { Observation } from '../../../../deploy/demo/core/observation.ts';
import { playStory, type Stage } from '../../../../deploy/demo/play-story.ts';
import { AppError } from '../../../../internal/daemon/app-error.ts';
import { createManualClock, type ManualClock } from '../../../fakes/manual-clock.ts';
import { anObservation } from './an-observation.ts';

describe('playing the story', () => {
  let clock: ManualClock;
  let stop: AbortController;
  let world: { there: boolean; load: number; replicas: number; loads: number[] };

  beforeEach(() => {
    clock = createManualClock();
    stop = new AbortController();
    world = { there: false, load: 0, replicas: 1, loads: [] };
  });

  /** A service that scales at once: up under load, down without it. */
  function observe(): Observation {
    world.replicas = world.load > 1 ? 2 : 1;
    const service = world.there
      ? { desired: world.replicas, running: world.replicas }
      : { desired: 0, running: 0 };
    const rules = world.there ? ['web_overloaded', 'web_underloaded'] : [];
    return { ...anObservation(0, { service, rules }), atMs: clock.now() };
  }

  const stage = (changes: Partial<Stage> = {}): Stage => ({
    service: 'web',
    async create() {
      world.there = true;
    },
    async remove() {
      world.there = false;
    },
    setLoad(limits) {
      world.load = limits;
      world.loads.push(limits);
    },
    observe: async () => observe(),
    display: { show() {} },
    clock,
    signal: stop.signal,
    ...changes,
  });

  test('does what the story names, until it is done', async () => {
    const playing = playStory(stage());
    await clock.advance(60_000);
    const story = await playing;
    expect(story.phase).toBe('done');
    expect(world.there).toBe(false);
    expect(world.loads).toEqual([1.5, 0.02]);
  });

  test('ends at once when it is interrupted', async () => {
    const playing = playStory(stage());
    await clock.advance(10_000);
    stop.abort();
    const story = await playing;
    expect(story.events.at(-1)).toMatchObject({ event: 'failed', detail: 'interrupted' });
  });

  test('ends with the reason when the service cannot be created', async () => {
    const create = () => Promise.reject(new AppError('unavailable', 'the engine is away'));
    const story = await playStory(stage({ create }));
    expect(story.events.at(-1)).toMatchObject({ event: 'failed', detail: 'the engine is away' });
  });

  test('does not take a defect for a failure of the world', async () => {
    const create = () => Promise.reject(new TypeError('a defect'));
    await expect(playStory(stage({ create }))).rejects.toThrow('a defect');
  });
});
