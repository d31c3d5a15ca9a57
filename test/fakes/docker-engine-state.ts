/** A Docker engine's state without its HTTP face: each change does what Swarm does, and emits the same event. */
import { createHash } from 'node:crypto';
import {
  type ContainerOptions,
  containerObject,
  type EngineContainer,
  type EngineNode,
  type EngineService,
  type EngineServiceSpec,
  type EngineTask,
  type NodeOptions,
  nodeObject,
  type ServiceOptions,
  serviceSpec,
} from './docker-engine-objects.ts';

export type EngineEvent = {
  readonly type: string;
  readonly action: string;
  readonly id: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly timeNano: bigint;
};

export type UpdateOutcome = 'updated' | 'not found' | 'out of sequence';

export type EngineStateOptions = {
  /** A worker's engine (or one outside a Swarm) answers 503 to everything of Swarm. Default: manager. */
  readonly role?: 'manager' | 'worker' | 'none';
  /** `at_once`: the tasks of a service run as soon as it wants them; `by_hand`: only `setTasks` changes them. */
  readonly startTasks?: 'at_once' | 'by_hand';
  readonly engineVersion?: string;
  /** Its clock; this machine's unless told otherwise. */
  readonly nowMs?: () => number;
};

export type DockerEngineState = ReturnType<typeof createDockerEngineState>;

export function createDockerEngineState({
  role = 'manager',
  startTasks = 'at_once',
  engineVersion = '20.10.24',
  nowMs = Date.now,
}: EngineStateOptions) {
  const containers = new Map<string, EngineContainer>();
  const services = new Map<string, EngineService>();
  const tasks = new Map<string, readonly EngineTask[]>();
  const nodes = new Map<string, EngineNode>();
  const stats = new Map<string, object>();
  const statsListeners = new Map<string, Set<() => void>>();
  const events: EngineEvent[] = [];
  const listeners = new Set<(event: EngineEvent) => void>();
  let counter = 10;
  let lastNano = 0n;

  const nextIndex = (): number => {
    counter += 1;
    return counter;
  };
  const newId = (length: number): string =>
    createHash('sha256').update(String(nextIndex())).digest('hex').slice(0, length);
  const now = (): string => new Date(nowMs()).toISOString();
  const emit = (
    type: string,
    action: string,
    id: string,
    attributes: Readonly<Record<string, string>> = {},
  ): void => {
    const nano = BigInt(Date.now()) * 1_000_000n;
    lastNano = nano > lastNano ? nano : lastNano + 1n;
    const event = { type, action, id, attributes, timeNano: lastNano };
    events.push(event);
    for (const listener of listeners) listener(event);
  };

  const byNameOrId = (nameOrId: string): EngineService => {
    const service = services.get(nameOrId) ?? [...services.values()].find((s) => s.Spec.Name === nameOrId);
    if (service === undefined) throw new Error(`the fake engine has no service ${nameOrId}`);
    return service;
  };
  const container = (nameOrId: string): EngineContainer => {
    const found = containers.get(nameOrId) ?? [...containers.values()].find((c) => c.Name === `/${nameOrId}`);
    if (found === undefined) throw new Error(`the fake engine has no container ${nameOrId}`);
    return found;
  };
  const attributesOf = (one: EngineContainer) => ({
    ...one.Config.Labels,
    name: one.Name.slice(1),
    image: one.Config.Image,
  });

  /** Puts the service's tasks into these states; `pendingError` is what the scheduler says of the pending ones. */
  const setTasks = (
    nameOrId: string,
    { running = 0, pending = 0, pendingError = '', starting = 0 }: TaskCounts,
  ): void => {
    const { ID, Spec } = byNameOrId(nameOrId);
    const states = [
      ...Array<string>(running).fill('running'),
      ...Array<string>(starting).fill('starting'),
      ...Array<string>(pending).fill('pending'),
    ];
    tasks.set(
      ID,
      states.map((State, index) => ({
        ID: `${ID.slice(0, 12)}task${index}`,
        ServiceID: ID,
        NodeID: State === 'pending' ? '' : ([...nodes.keys()][index % Math.max(1, nodes.size)] ?? ''),
        Slot: index + 1,
        DesiredState: 'running',
        Status: State === 'pending' && pendingError !== '' ? { State, Err: pendingError } : { State },
        Spec: Spec.TaskTemplate,
      })),
    );
  };
  const afterChange = (service: EngineService): void => {
    if (startTasks === 'at_once') setTasks(service.ID, { running: replicasOf(service.Spec) });
  };

  return {
    role,
    engineVersion,
    containers,
    /** What `GET /containers/<id>/stats` says. */
    stats,
    services,
    tasks,
    nodes,
    events,
    emit,
    setTasks,
    listen(listener: (event: EngineEvent) => void): () => void {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },

    /** Gives the container new figures, and tells them to all who follow them. */
    setStats(nameOrId: string, figures: object): void {
      const { Id } = container(nameOrId);
      stats.set(Id, figures);
      for (const listener of statsListeners.get(Id) ?? []) listener();
    },
    onStats(id: string, listener: () => void): () => void {
      const own = statsListeners.get(id) ?? new Set();
      statsListeners.set(id, own.add(listener));
      return () => void own.delete(listener);
    },

    startContainer(options: ContainerOptions): EngineContainer {
      const created = containerObject(options, newId(64), now());
      containers.set(created.Id, created);
      emit('container', 'create', created.Id, attributesOf(created));
      emit('container', 'start', created.Id, attributesOf(created));
      return created;
    },
    /** The same container with a new process, as after `docker restart`. */
    restartContainer(nameOrId: string, pid: number): void {
      const one = container(nameOrId);
      emit('container', 'die', one.Id, attributesOf(one));
      Object.assign(one.State, { Pid: pid, StartedAt: now() });
      emit('container', 'start', one.Id, attributesOf(one));
    },
    /** Stops it and keeps it. */
    stopContainer(nameOrId: string): void {
      const one = container(nameOrId);
      Object.assign(one.State, { Status: 'exited', Running: false, Pid: 0 });
      emit('container', 'die', one.Id, { ...attributesOf(one), exitCode: '0' });
    },
    setHealth(nameOrId: string, health: 'starting' | 'healthy' | 'unhealthy'): void {
      const one = container(nameOrId);
      one.State.Health = { Status: health };
      emit('container', `health_status: ${health}`, one.Id, attributesOf(one));
    },
    pauseContainer(nameOrId: string): void {
      const one = container(nameOrId);
      Object.assign(one.State, { Status: 'paused', Paused: true });
      emit('container', 'pause', one.Id, attributesOf(one));
    },
    /** The kernel killed a process in it for want of memory. */
    killForMemory(nameOrId: string): void {
      const one = container(nameOrId);
      emit('container', 'oom', one.Id, attributesOf(one));
    },
    /** Dies and is removed, as the containers of a Swarm service are. */
    removeContainer(nameOrId: string): void {
      const one = container(nameOrId);
      containers.delete(one.Id);
      emit('container', 'die', one.Id, attributesOf(one));
      emit('container', 'destroy', one.Id, attributesOf(one));
    },

    createService(options: ServiceOptions | { readonly spec: EngineServiceSpec }): EngineService {
      const spec = 'name' in options ? serviceSpec(options) : options.spec;
      const time = now();
      const service = {
        ID: newId(25),
        Version: { Index: nextIndex() },
        CreatedAt: time,
        UpdatedAt: time,
        Spec: spec,
      };
      services.set(service.ID, service);
      afterChange(service);
      emit('service', 'create', service.ID, { name: spec.Name });
      return service;
    },
    /** As the API does it: a version that is not the present one changes nothing. */
    updateService(id: string, version: number, spec: EngineServiceSpec): UpdateOutcome {
      const before = services.get(id);
      if (before === undefined) return 'not found';
      if (before.Version.Index !== version) return 'out of sequence';
      const [from, to] = [replicasOf(before.Spec), replicasOf(spec)];
      const after: EngineService = {
        ...before,
        Version: { Index: nextIndex() },
        UpdatedAt: now(),
        Spec: spec,
        PreviousSpec: before.Spec,
      };
      services.set(id, after);
      afterChange(after);
      const changed = from === to ? {} : { 'replicas.new': String(to), 'replicas.old': String(from) };
      emit('service', 'update', id, { name: spec.Name, ...changed });
      return 'updated';
    },
    /** A change by somebody else: takes the present version. */
    changeService(nameOrId: string, change: (spec: EngineServiceSpec) => EngineServiceSpec): EngineService {
      const { ID, Version, Spec } = byNameOrId(nameOrId);
      this.updateService(ID, Version.Index, change(Spec));
      return byNameOrId(ID);
    },
    /** `docker service scale name=replicas` by a person. */
    scaleService(nameOrId: string, replicas: number): EngineService {
      return this.changeService(nameOrId, (spec) => ({
        ...spec,
        Mode: { Replicated: { Replicas: replicas } },
      }));
    },
    /** `updating`, `rollback_started`, `completed` …; undefined: no update. Bumps the version, as the engine does. */
    setUpdateState(nameOrId: string, state: string | undefined): void {
      const { UpdateStatus: _, ...service } = byNameOrId(nameOrId);
      const status = state === undefined ? {} : { UpdateStatus: { State: state } };
      services.set(service.ID, { ...service, Version: { Index: nextIndex() }, ...status });
      emit('service', 'update', service.ID, {
        name: service.Spec.Name,
        ...(state === undefined ? {} : { 'updatestate.new': state }),
      });
    },
    removeService(nameOrId: string): void {
      const { ID, Spec } = byNameOrId(nameOrId);
      services.delete(ID);
      tasks.delete(ID);
      emit('service', 'remove', ID, { name: Spec.Name });
    },
    replicas: (nameOrId: string): number => replicasOf(byNameOrId(nameOrId).Spec),
    service: byNameOrId,

    addNode(options: NodeOptions): EngineNode {
      const node = nodeObject(options, newId(25), nextIndex(), now());
      nodes.set(node.ID, node);
      emit('node', 'create', node.ID, { name: options.hostname });
      return node;
    },
    changeNode(id: string, change: (node: EngineNode) => EngineNode): void {
      const before = nodes.get(id);
      if (before === undefined) throw new Error(`the fake engine has no node ${id}`);
      nodes.set(id, { ...change(before), Version: { Index: nextIndex() }, UpdatedAt: now() });
      emit('node', 'update', id, { name: before.Description.Hostname });
    },
    /** As the API does it: a version that is not the present one changes nothing. */
    updateNode(id: string, version: number, spec: EngineNode['Spec']): UpdateOutcome {
      const before = nodes.get(id);
      if (before === undefined) return 'not found';
      if (before.Version.Index !== version) return 'out of sequence';
      nodes.set(id, { ...before, Version: { Index: nextIndex() }, UpdatedAt: now(), Spec: spec });
      emit('node', 'update', id, { name: before.Description.Hostname });
      return 'updated';
    },
    removeNode(id: string): void {
      nodes.delete(id);
      emit('node', 'remove', id);
    },
  };
}

export type TaskCounts = {
  readonly running?: number;
  readonly starting?: number;
  readonly pending?: number;
  readonly pendingError?: string;
};

/** What Swarm wants to run; only a replicated service has a number of its own here. */
export function replicasOf(spec: EngineServiceSpec): number {
  return spec.Mode.Replicated?.Replicas ?? 0;
}
