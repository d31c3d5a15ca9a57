/** Labels on Swarm services: what users write, and what the executor writes back. */

export const SERVICE_LABEL = {
  scale: 'micado.scale',
  min: 'micado.min',
  max: 'micado.max',
  metric: 'micado.metric',
  query: 'micado.query',
  scaleup: 'micado.scaleup',
  scaleupFor: 'micado.scaleup.for',
  scaleupStep: 'micado.scaleup.step',
  scaleupCooldown: 'micado.scaleup.cooldown',
  scaledown: 'micado.scaledown',
  scaledownFor: 'micado.scaledown.for',
  scaledownStep: 'micado.scaledown.step',
  scaledownCooldown: 'micado.scaledown.cooldown',
  strategy: 'micado.strategy',
  target: 'micado.target',
  scrapePort: 'micado.scrape.port',
  scrapePath: 'micado.scrape.path',
  rules: 'micado.rules',
} as const;

/** Before the name of a schedule: `micado.schedule.night`. */
export const SCHEDULE_LABEL_PREFIX = 'micado.schedule.';

/** Before the name and the field of an alert of the user's own: `micado.alert.slow.expr`. */
export const ALERT_LABEL_PREFIX = 'micado.alert.';

/** `true`: replicas are put back when `docker stack deploy` resets them. Read by the executor, from the service itself. */
export const KEEP_LABEL = 'micado.keep';

/** Marks a service that belongs to the autoscaler itself; such a service is never scaled. Value: its part. */
export const STACK_PART_LABEL = 'micado.part';

/** On a Swarm node: the worker pool that it belongs to. Set when the node joins. */
export const POOL_NODE_LABEL = 'micado.pool';

/** On a Swarm node: the provider's id of its VM, where the join knew it. Without it the address tells which VM it is. */
export const POOL_VM_NODE_LABEL = 'micado.vm';

/** What the executor writes on a Swarm node, so that a scale-down of the pool is resumed or undone after a restart. */
export const STATE_NODE_LABEL = {
  /** `<phase>;<RFC 3339 start>;<infra_id>;<vm id>` */
  drain: 'micado.state.drain',
} as const;

/**
 * What the executor writes in the same update as the replicas, so that a cool-down survives a restart.
 * `docker service scale` keeps these labels, `docker stack deploy` wipes them.
 */
export const STATE_LABEL = {
  /** RFC 3339 time of the last action; a time in the future counts as now. */
  at: 'micado.state.at',
  /** `up` or `down`. */
  direction: 'micado.state.direction',
  /** The replicas that the executor set. Other replicas than these were set by somebody else. */
  replicas: 'micado.state.replicas',
  /** Swarm id of the node that is being emptied: the service has one more replica until that is done. */
  moving: 'micado.state.moving',
} as const;

export const MICADO_LABEL_PREFIX = 'micado.';
export const STATE_LABEL_PREFIX = 'micado.state.';

/** The Docker config whose existence says which stack leads this Swarm. */
export const LEADER_CONFIG_NAME = 'micado.leader';

/** Labels that Docker sets on the containers of a Swarm service. */
export const SWARM_CONTAINER_LABEL = {
  nodeId: 'com.docker.swarm.node.id',
  serviceId: 'com.docker.swarm.service.id',
  serviceName: 'com.docker.swarm.service.name',
  taskId: 'com.docker.swarm.task.id',
  taskName: 'com.docker.swarm.task.name',
  stackNamespace: 'com.docker.stack.namespace',
} as const;
