/** Names of the series by which the binaries meet in Prometheus: what the exporter emits and the rules read. */

/** The label under which a container's series name its Swarm service, as cAdvisor has it. */
export const SERVICE_NAME_SERIES_LABEL = 'container_label_com_docker_swarm_service_name';

/** The families of the exporter that rules read. */
export const CONTAINER_METRIC = {
  cpuUsageSeconds: 'container_cpu_usage_seconds_total',
  cfsPeriods: 'container_cpu_cfs_periods_total',
  cfsThrottledPeriods: 'container_cpu_cfs_throttled_periods_total',
  memoryWorkingSetBytes: 'container_memory_working_set_bytes',
  /** An instant gauge that is there for live containers only: what counts as alive now. */
  lastSeen: 'container_last_seen',
  startTimeSeconds: 'container_start_time_seconds',
  /** By service and node; it goes on when a container ends, so that the kill that ends it counts. */
  serviceOomEvents: 'container_service_oom_events_total',
} as const;

/** Gauges of the exporter about its whole machine; its CPU time has `id="/"`. */
export const MACHINE_METRIC = { cpuCores: 'machine_cpu_cores' } as const;

/** Gauges of a manager's exporter; label `service_name`. Several managers emit the same: take `max by`. */
export const SWARM_METRIC = {
  serviceReplicasDesired: 'swarm_service_replicas_desired',
  serviceReplicasRunning: 'swarm_service_replicas_running',
  serviceInfo: 'swarm_service_info',
  nodeState: 'swarm_node_state',
  nodeAvailability: 'swarm_node_availability',
  /** Label `pool` where the node is a worker of one. */
  nodeInfo: 'swarm_node_info',
  /** Labels `service_name`, `reason`, and `pool`: the one of which an empty worker would take them. */
  tasksPending: 'swarm_tasks_pending',
  /** Labels `service_name`, `state`: the tasks that should run. */
  tasks: 'swarm_tasks',
} as const;

/** Gauges of rulegen for `cluster.yml`; the first ones have a series per scaled service, label `application`. */
export const RULEGEN_METRIC = {
  serviceReplicasMin: 'micado_rulegen_service_replicas_min',
  serviceReplicasMax: 'micado_rulegen_service_replicas_max',
  /** 1; labels `application` and `service_id`. */
  serviceInfo: 'micado_rulegen_service_info',
  /** 1; labels `application` and `rule`: a rule of `cluster.yml` that is switched off for a service of any kind. */
  serviceRuleOff: 'micado_rulegen_service_rule_off',
  /** 1 or 0; label `prometheus`: whether that one runs the rules. */
  prometheusVerified: 'micado_rulegen_prometheus_verified',
  /** 1; label `file`: it stays as it was, or away, because something is wrong. */
  ruleFileQuarantined: 'micado_rulegen_rule_file_quarantined',
} as const;

/**
 * The executor's, gauges where nothing else is said. Those of pools have a series per pool of workers, with the labels
 * `infra_id` and `node`.
 */
export const EXECUTOR_METRIC = {
  /** 1 or 0; label `part`: whether it answered last. Absent for who was never asked. */
  partUp: 'micado_executor_part_up',
  /** A counter: records that could not be written. */
  journalErrors: 'micado_executor_journal_errors_total',
  /** What the provider was asked for. */
  poolTarget: 'micado_executor_pool_workers_target',
  /** The VMs that the provider has. */
  poolActual: 'micado_executor_pool_workers_actual',
  /** Those that are a Ready and scraped node of the Swarm. */
  poolReady: 'micado_executor_pool_workers_ready',
  poolMin: 'micado_executor_pool_workers_min',
  poolMax: 'micado_executor_pool_workers_max',
} as const;
