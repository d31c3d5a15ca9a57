/** The result of a demo, computed from its events alone. */
import type { Story } from './story.ts';
import type { StoryEventName } from './story-event.ts';
import { type Spans, spanSeconds, timedEvents } from './timeline.ts';

export type DemoResult = {
  readonly ok: boolean;
  readonly events: readonly {
    readonly t_s: number;
    readonly event: StoryEventName;
    readonly detail: string;
  }[];
  readonly seconds: Spans<keyof typeof SPANS>;
  readonly replicas_max: number;
};

/** Each from the first event of one name to the first of another after it. */
const SPANS = {
  create_to_rules_loaded: ['service_created', 'rules_loaded'],
  overload_to_decision: ['load_raised', 'scale_up'],
  overload_to_replica_running: ['load_raised', 'replica_running'],
  idle_to_min: ['load_lowered', 'at_min'],
  remove_to_rules_gone: ['service_removed', 'rules_gone'],
} as const satisfies Record<string, readonly [StoryEventName, StoryEventName]>;

/** It is ok when the story reached its end, each span was seen, and no replica came or went against the load. */
export function evaluateStory(story: Story): DemoResult {
  // A decision carries the executor's time, which is before the moment when it was seen.
  const events = story.events.toSorted((a, b) => a.atMs - b.atMs);
  const seconds = {
    create_to_rules_loaded: spanSeconds(events, SPANS.create_to_rules_loaded),
    overload_to_decision: spanSeconds(events, SPANS.overload_to_decision),
    overload_to_replica_running: spanSeconds(events, SPANS.overload_to_replica_running),
    idle_to_min: spanSeconds(events, SPANS.idle_to_min),
    remove_to_rules_gone: spanSeconds(events, SPANS.remove_to_rules_gone),
  };
  return {
    ok:
      story.phase === 'done' &&
      Object.values(seconds).every((value) => value !== null) &&
      !events.some(({ event }) => event === 'flapped'),
    events: timedEvents(events, story.startMs),
    seconds,
    replicas_max: Math.max(0, ...story.samples.map(({ replicas }) => replicas ?? 0)),
  };
}
