/**
 * Every reason that a decision can have: what it means, and what would have to change before something else is decided.
 * The codes are written to the journal, to metrics and to the README's table.
 */
export type ReasonText = { readonly means: string; readonly change: string };

const NOTHING = 'Nothing: the executor acts on it.';

export const SCALE_REASONS = {
  overloaded: { means: 'The service is over its upper threshold.', change: NOTHING },
  underloaded: { means: 'The service is under its lower threshold.', change: NOTHING },
  out_of_bounds: { means: 'The service has more or fewer replicas than its bounds allow.', change: NOTHING },
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
    means: 'Alertmanager cannot be asked whether the alert is silenced.',
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
    means: 'The last change of replicas is too recent for one in this direction.',
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
    means: 'The service has as many replicas as its bounds or --max-replicas allow.',
    change: 'The upper bound is raised (label micado.max, or --max-replicas).',
  },
  at_min: {
    means: 'The service has as few replicas as its bounds allow.',
    change: 'The lower bound is lowered (label micado.min).',
  },
  would_flap: {
    means: 'With fewer replicas the load would pass the upper threshold.',
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
  no_node_provider: {
    means: 'The alert asks for worker machines, and no provider of machines is configured.',
    change: 'A provider of machines is configured.',
  },
} as const satisfies Record<string, ReasonText>;

export type ScaleReason = keyof typeof SCALE_REASONS;
export type HoldReason = keyof typeof HOLD_REASONS;
export type RejectReason = keyof typeof REJECT_REASONS;
export type Reason = ScaleReason | HoldReason | RejectReason;

export const REASONS: Readonly<Record<Reason, ReasonText>> = {
  ...SCALE_REASONS,
  ...HOLD_REASONS,
  ...REJECT_REASONS,
};
