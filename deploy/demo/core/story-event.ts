/** What happened in the demo, and when: all that its result is computed from. */
import type { TimelineEvent } from './timeline.ts';

export type StoryEventName =
  | 'service_created'
  | 'rules_loaded'
  | 'task_scraped'
  | 'load_raised'
  | 'replica_running'
  | 'steady'
  | 'load_lowered'
  | 'at_min'
  | 'service_removed'
  | 'rules_gone'
  | 'alert'
  | 'scale_up'
  | 'scale_down'
  | 'hold'
  | 'reject'
  | 'replicas'
  | 'running'
  | 'flapped'
  | 'failed';

export type StoryEvent = TimelineEvent<StoryEventName>;
