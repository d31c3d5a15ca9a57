import { describe, expect, test } from '@jest/globals';
import { evaluateStory } from '../../../cluster/demo/core/evaluate-story.ts';
import type { ClusterObservation } from '../../../cluster/demo/core/observation.ts';
import { renderDisplay, renderResult } from '../../../cluster/demo/core/render-display.ts';
import { MAX_WORKERS, STEPS } from '../../../cluster/demo/core/steps.ts';
import { advanceStory, type ClusterStory, startStory } from '../../../cluster/demo/core/story.ts';
import {
  aCloud,
  aClusterObservation,
  aWorker,
  START_MS,
  WELL_PLAYED,
  workers,
} from './a-cluster-observation.ts';

function play(observations: readonly ClusterObservation[]) {
  let story: ClusterStory = startStory(START_MS, 'two workers');
  const acts: string[] = [];
  for (const observation of observations) {
    const advanced = advanceStory(story, observation);
    story = advanced.story;
    if (advanced.act !== undefined) acts.push(advanced.act);
  }
  return { story, acts, result: evaluateStory(story) };
}

/** Long after, and none of the steps has happened. */
const STUCK = aClusterObservation(1_000, {
  cloud: aCloud(3, 2),
  workers: workers(1),
  service: { desired: 3, running: 2, pending: 0 },
  alerts: [{ name: 'stress_overloaded', state: 'pending' }],
});

const eventsOf = (story: ClusterStory): readonly string[] => story.events.map(({ event }) => event);

describe('the story of the cluster demo', () => {
  test('ends well when each step is seen, and measures between them', () => {
    const { story, acts, result } = play(WELL_PLAYED);
    expect(story.state).toBe('done');
    expect(acts).toEqual(['create_service', 'remove_service', 'destroy']);
    expect(result).toMatchObject({
      ok: true,
      seconds: { pending_to_vm_requested: 4, vm_ready_to_first_task: 2, idle_to_min_workers: 20 },
      requests_lost: 0,
    });
    expect(eventsOf(story)).toEqual(expect.arrayContaining(STEPS.map(({ event }) => event)));
  });

  test.each(STEPS.map(({ event }, index) => [event, index] as const))(
    'does not end well without "%s"',
    (_event, index) => {
      const { story, result } = play([...WELL_PLAYED.slice(0, index), STUCK]);
      expect(story.state).toBe('failed');
      expect(result.ok).toBe(false);
      expect(story.events.at(-1)?.detail).toContain(STEPS[index]?.title);
    },
  );

  test('is not ok when a worker leaves that was not drained', () => {
    const undrained = WELL_PLAYED.map((observation) =>
      observation.atMs === START_MS + 44_000
        ? { ...observation, workers: workers(MAX_WORKERS) }
        : observation,
    );
    const { story, result } = play(undrained);
    expect(story.state).toBe('done');
    expect(eventsOf(story)).toContain('left_undrained');
    expect(result.ok).toBe(false);
  });

  test('is not ok when a drained worker leaves with a task on it', () => {
    const busy = aWorker('w3', { availability: 'drain', tasks: ['app'] });
    const { result } = play(
      WELL_PLAYED.map((observation) =>
        observation.atMs === START_MS + 44_000
          ? { ...observation, workers: [...workers(2), busy] }
          : observation,
      ),
    );
    expect(result.ok).toBe(false);
  });

  test('is not ok when a request was lost', () => {
    const lossy = WELL_PLAYED.map((observation, index) =>
      index < 4 ? observation : { ...observation, requests: { sent: 900, lost: 2 } },
    );
    expect(play(lossy).result).toMatchObject({ ok: false, requests_lost: 2 });
  });

  test('is not ok with more VMs than max, or fewer than min before it is destroyed', () => {
    const most = aClusterObservation(35, { cloud: aCloud(MAX_WORKERS + 1), workers: workers(MAX_WORKERS) });
    const few = aClusterObservation(35, { cloud: aCloud(1), workers: workers(MAX_WORKERS) });
    for (const [between, event] of [
      [most, 'above_max'],
      [few, 'below_min'],
    ] as const) {
      const { story, result } = play([...WELL_PLAYED.slice(0, 10), between, ...WELL_PLAYED.slice(10)]);
      expect(eventsOf(story)).toContain(event);
      expect(result.ok).toBe(false);
    }
  });

  test('takes a part that did not answer for what it said before', () => {
    const away = aClusterObservation(2, { cloud: undefined, workers: undefined, alerts: undefined });
    expect(eventsOf(play([...WELL_PLAYED.slice(0, 1), away]).story)).not.toContain('worker_left');
  });
});

describe('the display of the cluster demo', () => {
  test('shows what is waited for, and each worker, in lines that fit', () => {
    const { story } = play(WELL_PLAYED.slice(0, 11));
    const lines = renderDisplay(story, 70);
    expect(lines[0]).toContain('0:44  waiting until the idle workers are drained and gone');
    expect(lines.join('\n')).toMatch(/w3 +ready +drain +draining +yes +-/);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(70);
  });

  test('says what was lost and what did not happen', () => {
    const { result } = play(WELL_PLAYED.slice(0, 4));
    const text = renderResult(result);
    expect(text).toMatch(/pending to vm requested +did not happen/);
    expect(text).toContain('The demo failed.');
  });
});
