/**
 * Every reason that a decision can have: what it means, and what would have to change before something else is decided.
 * The codes are written to the journal, to metrics and to the README's table.
 */
export type ReasonText = { readonly means: string; readonly change: string };

const NOTHING = 'Nothing: the executor acts on it.';

export const SCALE_REASONS = {
  overloaded: { means: 'The service, or the pool of workers, is over its upper threshold.', change: NOTHING },
  underloaded: { means: 'The service is under its lower threshold.', change: NOTHING },
  out_of_bounds: {
    means: 'The service or pool has more or fewer replicas or workers than its bounds allow.',
    change: NOTHING,
  },
  pending_tasks: {
    means: 'Tasks wait for room, and empty workers of the pool would take them.',
    change: NOTHING,
  },
  kept: {
    means: 'docker stack deploy has reset the replicas of a service with micado.keep: they are put back.',
    change: NOTHING,
  },
  replace_failed: {
    means:
      'A VM never became a worker, and the provider goes not below its minimum: another one comes first.',
    change: NOTHING,
  },
} as const satisfies Record<string, ReasonText>;

/** What others did, as far as it was noticed at a look. No verdicts: they stand beside them in the journal. */
export const OUTSIDE_REASONS = {
  scaled_by_others: {
    means: 'Somebody else changed the replicas: docker service scale, an update, a rollback.',
    change: 'Nothing: within its bounds the change stands, and starts both cool-downs.',
  },
  reset_by_deploy: {
    means: 'docker stack deploy set the replicas of its file, and wiped the state labels.',
    change: 'With micado.keep=true the replicas are put back.',
  },
  not_in_journal: {
    means:
      'An executor set the replicas, and this journal has no record of it: it was ended before, or it is another one.',
    change: 'Nothing: it counts as an action, and starts both cool-downs.',
  },
  created_anew: {
    means: 'The service was removed, and one of the same name created.',
    change: 'Nothing: alerts, cool-downs and kept replicas of the earlier service do not count.',
  },
  replica_moved: {
    means: 'The replica that a move adds has come or gone.',
    change: 'Nothing: it starts no cool-down.',
  },
} as const satisfies Record<string, ReasonText>;

export const STEP_REASONS = {
  drain_started: {
    means: 'A worker is no longer needed: it takes no new tasks from now on.',
    change: NOTHING,
  },
  drain_advanced: { means: 'The worker that goes is one step nearer to being empty.', change: NOTHING },
  vm_removed: { means: 'The worker is empty: the provider is asked to stop its VM.', change: NOTHING },
  worker_removed: { means: 'The VM is gone, and its node leaves the Swarm.', change: NOTHING },
  drain_undone: {
    means: 'The worker is needed again, or could not be emptied in time: it stays.',
    change: NOTHING,
  },
  replica_taken_back: {
    means: 'The replica that was added for a move is no longer needed.',
    change: NOTHING,
  },
  stale_node: { means: 'A node without a VM has been down for long: it leaves the Swarm.', change: NOTHING },
  boot_failed: {
    means: 'A VM did not become a worker by --worker.boot-deadline: the provider is asked to stop it.',
    change: NOTHING,
  },
  provider_stuck: {
    means: 'The provider does not get to the number of VMs that it was asked for: it is attached anew.',
    change: NOTHING,
  },
} as const satisfies Record<string, ReasonText>;

export const HOLD_REASONS = {
  not_firing: {
    means: 'Prometheus lists no firing scaling alert for the target.',
    change: 'An alert of the target fires: its value passes a threshold for as long as the rule says.',
  },
  silenced: {
    means: 'The alert is silenced in Alertmanager.',
    change: 'The silence expires or is removed.',
  },
  inhibited: {
    means: 'Another alert inhibits this one in Alertmanager.',
    change: 'The inhibiting alert ends.',
  },
  silences_unknown: {
    means:
      'Alertmanager cannot be asked whether the alert is silenced; on what it said last nothing goes down.',
    change: 'Alertmanager answers again (--alertmanager.url).',
  },
  prometheus_away: {
    means: 'Prometheus cannot be asked which alerts fire.',
    change: 'Prometheus answers again (--prometheus.url).',
  },
  docker_away: {
    means: 'Docker cannot be asked, or did not take the change.',
    change: 'The Swarm manager answers again (--docker.host).',
  },
  docker_refused: {
    means: 'Docker refuses the change.',
    change: 'The service is changed so that Docker takes an update of it; the detail has its words.',
  },
  cooldown: {
    means: 'The last change of replicas or workers is too recent for one in this direction.',
    change: 'The cool-down ends; the executor then decides again by itself.',
  },
  starting: {
    means: 'Tasks of the last change are still starting: nothing is added meanwhile.',
    change: 'All desired tasks run, or --starting.deadline passes.',
  },
  pending_resources: {
    means: 'Tasks wait because no node suits them: more replicas would only wait too.',
    change: 'Nodes get room (or the constraints, reservations or replicas per node of the service change).',
  },
  at_max: {
    means: 'The service or pool has as many replicas or workers as its bounds and the ceilings allow.',
    change:
      'The upper bound is raised (label micado.max, or --max-replicas; of a pool its rule, its provider or --max-workers).',
  },
  max_per_node: {
    means: 'The nodes take no more tasks of the service, which limits its replicas per node.',
    change: 'Nodes join or become active, or the service allows more replicas per node.',
  },
  at_min: {
    means: 'The service or pool has as few replicas or workers as its bounds allow.',
    change: 'The lower bound is lowered (label micado.min; of a pool its rule or its provider).',
  },
  would_flap: {
    means: 'With fewer replicas or workers the load would pass the upper threshold.',
    change: 'The load falls further, or the thresholds are moved apart.',
  },
  no_change: {
    means: 'The replicas that are wanted are there already.',
    change: 'The value moves further from its target.',
  },
  bad_value: {
    means: 'The value of the alert is no number from which replicas can be computed.',
    change: 'The expression of the alert gives a finite number of 0 or more.',
  },
  stopped_by_operator: {
    means: 'Somebody else set the service to 0 replicas: it is switched off.',
    change: 'Somebody sets at least one replica (docker service scale).',
  },
  updating: {
    means: 'The service is in a rolling update or rollback, or one of them is paused.',
    change: 'The update or rollback ends (or is repaired, where it is paused).',
  },
  moving: {
    means: 'The service has one more replica while a worker is emptied: it is not made smaller meanwhile.',
    change: 'The worker is empty, or stays; the replica is then taken back.',
  },
  in_flight: {
    means: 'The provider still works on the last change, or a new worker is not yet Ready and scraped.',
    change: 'Every VM is a Ready and scraped node, or --worker.boot-deadline passes.',
  },
  draining: {
    means: 'A worker is being emptied: its tasks move, or its VM stops.',
    change: 'The step that the detail names is done, or --worker.drain-deadline passes.',
  },
  unschedulable: {
    means: 'Tasks wait that no empty worker of the pool would take: none is bought for them.',
    change: 'The reservations, constraints or limits of the services that the detail names change.',
  },
  no_victim: {
    means: 'Every worker of the pool has to stay.',
    change: 'What the detail says of one of the workers ends.',
  },
  back_off: {
    means: 'VMs did not become workers: the next one waits.',
    change: 'The time passes; each further failure doubles it, up to an hour.',
  },
  provider_away: {
    means: 'The provider of machines cannot be asked, or did not take the request.',
    change: 'It answers again (--occopus.url, --command.list).',
  },
  unknown_infrastructure: {
    means: 'The provider has no infrastructure of this name.',
    change: 'The infrastructure is submitted under exactly this name.',
  },
  no_node_provider: {
    means: 'Workers would be started or stopped, and no provider of machines is configured.',
    change: 'The executor is started with --node-provider.',
  },
  unknown_pool: {
    means: 'No rule of Prometheus names the pool.',
    change: 'A rule with its labels (type, infra_id, node) exists.',
  },
  shared_pool: {
    means:
      'Another infrastructure has a pool of this name, and nodes carry the name alone (label micado.pool): whose they are cannot be told.',
    change:
      'The pool of one of them gets another name: in its policy, its descriptor, and the labels of its nodes.',
  },
  paused: {
    means: 'Actions are paused; decisions go on.',
    change: 'POST /api/v1/resume.',
  },
  dry_run: {
    means: 'The executor runs with --dry-run: it decides and changes nothing.',
    change: 'The executor runs without --dry-run.',
  },
} as const satisfies Record<string, ReasonText>;

export const REJECT_REASONS = {
  unknown_service: {
    means: 'The Swarm has no service of this name.',
    change: 'A service of exactly this name is created.',
  },
  service_recreated: {
    means: 'The alert speaks of an earlier service of the same name.',
    change: 'The rules follow the new service; its own alerts then count.',
  },
  opted_out: {
    means: 'The label micado.scale of the service switches scaling off.',
    change: 'The label is removed or set to true.',
  },
  not_scalable: {
    means: 'Global services and jobs have no number of replicas to change.',
    change: 'The service is created anew in replicated mode.',
  },
  stack_part: {
    means: 'The service is a part of the autoscaler itself.',
    change: 'Nothing: the stack never scales itself.',
  },
  not_allowed: {
    means: 'The service is not on the list of --allow-service.',
    change: 'The executor is started with the service on that list.',
  },
  bad_alert: {
    means: 'The alert lacks a label that names its target.',
    change: 'The rule sets the label that the detail names.',
  },
} as const satisfies Record<string, ReasonText>;

export type ScaleReason = keyof typeof SCALE_REASONS;
export type StepReason = keyof typeof STEP_REASONS;
export type HoldReason = keyof typeof HOLD_REASONS;
export type RejectReason = keyof typeof REJECT_REASONS;
export type OutsideReason = keyof typeof OUTSIDE_REASONS;
export type Reason = ScaleReason | StepReason | HoldReason | RejectReason;

export const REASONS: Readonly<Record<Reason, ReasonText>> = {
  ...SCALE_REASONS,
  ...STEP_REASONS,
  ...HOLD_REASONS,
  ...REJECT_REASONS,
};
