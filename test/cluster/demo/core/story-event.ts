/** What happened in the cluster demo, and when: all that its result is computed from. */
import type { TimelineEvent } from '../../../../deploy/demo/core/timeline.ts';

export type ClusterEventName =
  | 'started'
  | 'workers_at_min'
  | 'service_created'
  | 'service_overloaded'
  | 'tasks_pending'
  | 'pool_overloaded'
  | 'vm_requested'
  | 'worker_joined'
  | 'task_on_new_worker'
  | 'worker_scraped'
  | 'load_carried'
  | 'service_removed'
  | 'service_alerts_gone'
  | 'pool_underloaded'
  | 'back_at_min'
  | 'destroy_asked'
  | 'destroyed'
  | 'worker'
  | 'worker_left'
  | 'left_undrained'
  | 'above_max'
  | 'below_min'
  | 'request_lost'
  | 'alert'
  | 'decision'
  | 'failed';

export type ClusterEvent = TimelineEvent<ClusterEventName>;
