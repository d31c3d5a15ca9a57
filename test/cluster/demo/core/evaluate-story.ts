/** The result of a cluster demo, computed from its events alone. */
import { type Spans, spanSeconds, timedEvents } from '../../../../deploy/demo/core/timeline.ts';
import type { ClusterStory } from './story.ts';
import type { ClusterEventName } from './story-event.ts';

export type ClusterResult = {
  readonly ok: boolean;
  readonly events: readonly {
    readonly t_s: number;
    readonly event: ClusterEventName;
    readonly detail: string;
  }[];
  readonly seconds: Spans<keyof typeof SPANS>;
  readonly requests_lost: number;
};

/** Each from the first event of one name to the first of another after it. */
const SPANS = {
  pending_to_vm_requested: ['tasks_pending', 'vm_requested'],
  vm_ready_to_first_task: ['worker_joined', 'task_on_new_worker'],
  idle_to_min_workers: ['service_removed', 'back_at_min'],
} as const satisfies Record<string, readonly [ClusterEventName, ClusterEventName]>;

const MUST_NOT_HAPPEN: readonly ClusterEventName[] = [
  'left_undrained',
  'above_max',
  'below_min',
  'request_lost',
];

/** It is ok when the story reached its end, each span was seen, and nothing happened that must not. */
export function evaluateStory(story: ClusterStory): ClusterResult {
  // A decision carries the executor's time, which is before the moment when it was seen.
  const events = story.events.toSorted((a, b) => a.atMs - b.atMs);
  const seconds = {
    pending_to_vm_requested: spanSeconds(events, SPANS.pending_to_vm_requested),
    vm_ready_to_first_task: spanSeconds(events, SPANS.vm_ready_to_first_task),
    idle_to_min_workers: spanSeconds(events, SPANS.idle_to_min_workers),
  };
  return {
    ok:
      story.state === 'done' &&
      Object.values(seconds).every((value) => value !== null) &&
      !events.some(({ event }) => MUST_NOT_HAPPEN.includes(event)),
    events: timedEvents(events, story.startMs),
    seconds,
    requests_lost: story.last.requests.lost,
  };
}
