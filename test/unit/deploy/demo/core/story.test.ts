import { describe, expect, test } from '@jest/globals';
import { evaluateStory } from '../../../../../deploy/demo/core/evaluate-story.ts';
import type { Observation } from '../../../../../deploy/demo/core/observation.ts';
import { advanceStory, failStory, type Story, startStory } from '../../../../../deploy/demo/core/story.ts';
import { anObservation, aScaleDecision, START_MS } from '../an-observation.ts';

/** Tells the observations one after the other; what was to be done, in order. */
function tell(observations: readonly Observation[]): { story: Story; acts: readonly string[] } {
  let story = startStory('web', START_MS);
  const acts: string[] = [];
  for (const observation of observations) {
    const advanced = advanceStory(story, observation);
    story = advanced.story;
    if (advanced.act !== undefined) acts.push(advanced.act);
  }
  return { story, acts };
}

const up = aScaleDecision(15, 1, 2);
const down = aScaleDecision(63, 2, 1);
const two = { desired: 2, running: 2 };

const GOOD_STORY: readonly Observation[] = [
  anObservation(0.2, { rules: [], scrapedTasks: undefined, utilisationPercent: undefined }),
  anObservation(0.8, { scrapedTasks: undefined, utilisationPercent: undefined }),
  anObservation(5),
  anObservation(12, { utilisationPercent: 100, alerts: [{ name: 'web_overloaded', state: 'pending' }] }),
  anObservation(15.1, { service: { desired: 2, running: 1 }, decisions: [up] }),
  anObservation(16, { service: two, decisions: [up] }),
  anObservation(40, { service: two, decisions: [up], utilisationPercent: 75 }),
  anObservation(51.5, { service: two, decisions: [up], utilisationPercent: 75 }),
  anObservation(64, { decisions: [up, down] }),
  anObservation(64.6, { service: { desired: 0, running: 0 }, rules: [], decisions: [up, down] }),
];

describe('the story', () => {
  test('raises the load, lowers it and removes the service, each when the step before has happened', () => {
    const { story, acts } = tell(GOOD_STORY);
    expect(acts).toEqual(['raise_load', 'lower_load', 'remove_service']);
    expect(story.phase).toBe('done');
  });

  test('gives the times between its events, decisions by the executor’s own clock', () => {
    const result = evaluateStory(tell(GOOD_STORY).story);
    expect(result).toMatchObject({
      ok: true,
      replicas_max: 2,
      seconds: {
        create_to_rules_loaded: 0.8,
        overload_to_decision: 10,
        overload_to_replica_running: 11,
        idle_to_min: 12.5,
        remove_to_rules_gone: 0.6,
      },
    });
    expect(result.events.map(({ event }) => event).join(' ')).toBe(
      'service_created running rules_loaded task_scraped load_raised alert ' +
        'scale_up alert replicas running replica_running steady load_lowered ' +
        'scale_down replicas running at_min service_removed replicas running rules_gone',
    );
  });

  test('waits with the load until the first task is measured', () => {
    const { acts } = tell([
      anObservation(1, { utilisationPercent: undefined }),
      anObservation(3, { utilisationPercent: undefined }),
    ]);
    expect(acts).toEqual([]);
  });

  test('takes what could not be asked for unchanged', () => {
    const away: Observation = {
      ...anObservation(5.2),
      service: undefined,
      rules: undefined,
      scrapedTasks: undefined,
      utilisationPercent: undefined,
      alerts: undefined,
      decisions: undefined,
    };
    const { story } = tell([
      ...GOOD_STORY.slice(0, 6),
      { ...away, atMs: START_MS + 17_000 },
      ...GOOD_STORY.slice(6),
    ]);
    expect(evaluateStory(story).ok).toBe(true);
  });

  test('fails with what it waited for when a step takes too long', () => {
    const { story, acts } = tell([...GOOD_STORY.slice(0, 4), anObservation(96)]);
    const result = evaluateStory(story);
    expect(result).toMatchObject({
      ok: false,
      seconds: { overload_to_replica_running: null, idle_to_min: null },
    });
    expect(result.events.at(-1)).toEqual({
      t_s: 96,
      event: 'failed',
      detail: 'not within 90 s: the overload is answered with another replica',
    });
    expect(acts).toEqual(['raise_load']);
  });

  test('is not ok when a replica is taken away while the load stays', () => {
    const flap = anObservation(45, { decisions: [up] });
    const { story } = tell([...GOOD_STORY.slice(0, 7), flap, ...GOOD_STORY.slice(7)]);
    expect(story.phase).toBe('done');
    expect(evaluateStory(story).ok).toBe(false);
  });

  test('is not ok when a replica is added while there is next to no load', () => {
    const flap = anObservation(60, { service: { desired: 3, running: 2 }, decisions: [up] });
    const { story } = tell([...GOOD_STORY.slice(0, 8), flap, ...GOOD_STORY.slice(8)]);
    expect(evaluateStory(story)).toMatchObject({ ok: false, replicas_max: 3 });
  });

  test('is not ok when it is interrupted', () => {
    const { story } = tell(GOOD_STORY.slice(0, 5));
    expect(evaluateStory(failStory(story, 'interrupted', START_MS + 16_000))).toMatchObject({ ok: false });
  });

  test('is not ok without a decision of the executor, even if replicas came', () => {
    const { story } = tell(GOOD_STORY.map((observation) => ({ ...observation, decisions: [] })));
    expect(story.phase).toBe('done');
    expect(evaluateStory(story)).toMatchObject({ ok: false, seconds: { overload_to_decision: null } });
  });

  test('stays as it is after its end', () => {
    const { story } = tell(GOOD_STORY);
    expect(advanceStory(story, anObservation(100))).toEqual({ story, act: undefined });
  });
});
