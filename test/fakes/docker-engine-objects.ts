/** What the fake engine holds, in the shapes that Docker's API shows (20.10, API 1.41). */

type Labels = Readonly<Record<string, string>>;

export type EngineContainer = {
  readonly Id: string;
  readonly Created: string;
  Name: string;
  RestartCount: number;
  readonly State: {
    Status: string;
    Running: boolean;
    Paused: boolean;
    Pid: number;
    StartedAt: string;
    Health?: { readonly Status: string };
  };
  readonly Config: { readonly Image: string; readonly Labels: Labels; readonly Env: readonly string[] };
  readonly HostConfig: { readonly NetworkMode: string };
};

/** Any further keys of a spec are kept and given back, as the engine does. */
export type EngineServiceSpec = {
  readonly Name: string;
  readonly Labels?: Labels;
  readonly Mode: {
    readonly Replicated?: { readonly Replicas: number };
    readonly Global?: object;
    readonly ReplicatedJob?: object;
    readonly GlobalJob?: object;
  };
  readonly TaskTemplate: Readonly<Record<string, unknown>>;
} & Readonly<Record<string, unknown>>;

export type EngineService = {
  readonly ID: string;
  readonly CreatedAt: string;
  readonly UpdatedAt: string;
  readonly Version: { readonly Index: number };
  readonly Spec: EngineServiceSpec;
  readonly PreviousSpec?: EngineServiceSpec;
  readonly UpdateStatus?: { readonly State: string };
};

export type EngineTask = {
  readonly ID: string;
  readonly ServiceID: string;
  readonly NodeID: string;
  readonly Slot: number;
  readonly DesiredState: string;
  readonly Status: { readonly State: string; readonly Err?: string };
  readonly Spec: Readonly<Record<string, unknown>>;
};

export type EngineNode = {
  readonly ID: string;
  readonly Version: { readonly Index: number };
  readonly CreatedAt: string;
  readonly UpdatedAt: string;
  readonly Spec: { readonly Role: string; readonly Availability: string; readonly Labels: Labels };
  readonly Description: {
    readonly Hostname: string;
    readonly Platform: { readonly OS: string; readonly Architecture: string };
    readonly Resources: { readonly NanoCPUs: number; readonly MemoryBytes: number };
    readonly Engine: { readonly EngineVersion: string };
  };
  readonly Status: { readonly State: string; readonly Addr: string };
};

export type ContainerOptions = {
  readonly name: string;
  readonly image?: string;
  readonly labels?: Labels;
  readonly pid?: number;
  readonly networkMode?: string;
  /** `NAME=value` */
  readonly env?: readonly string[];
  readonly health?: 'starting' | 'healthy' | 'unhealthy';
  readonly id?: string;
  /** When it was created and started: RFC 3339; now by default. */
  readonly time?: string;
};

export function containerObject(options: ContainerOptions, id: string, now: string): EngineContainer {
  const {
    name,
    image = 'busybox:1',
    labels = {},
    pid = 4_242,
    networkMode = 'default',
    env = [],
    health,
    time = now,
  } = options;
  return {
    Id: options.id ?? id,
    Created: time,
    Name: `/${name}`,
    RestartCount: 0,
    State: {
      Status: 'running',
      Running: true,
      Paused: false,
      Pid: pid,
      StartedAt: time,
      ...(health === undefined ? {} : { Health: { Status: health } }),
    },
    Config: { Image: image, Labels: labels, Env: env },
    HostConfig: { NetworkMode: networkMode },
  };
}

export type ServiceOptions = {
  readonly name: string;
  readonly replicas?: number;
  readonly labels?: Labels;
  readonly cpuLimitCores?: number;
  readonly memoryLimitBytes?: number;
  /** Laid over the spec last: another mode, mounts … */
  readonly spec?: Partial<EngineServiceSpec>;
};

export function serviceSpec(options: ServiceOptions): EngineServiceSpec {
  const { name, replicas = 1, labels = {}, cpuLimitCores, memoryLimitBytes, spec = {} } = options;
  const limits = {
    ...(cpuLimitCores === undefined ? {} : { NanoCPUs: Math.round(cpuLimitCores * 1e9) }),
    ...(memoryLimitBytes === undefined ? {} : { MemoryBytes: memoryLimitBytes }),
  };
  return {
    Name: name,
    Labels: labels,
    TaskTemplate: {
      ContainerSpec: { Image: 'stress:1' },
      Resources: { Limits: limits },
      Placement: {},
      ForceUpdate: 0,
    },
    Mode: { Replicated: { Replicas: replicas } },
    EndpointSpec: { Mode: 'vip' },
    ...spec,
  };
}

export type NodeOptions = {
  readonly hostname: string;
  readonly role?: 'manager' | 'worker';
  readonly state?: string;
  readonly availability?: string;
  readonly labels?: Labels;
  readonly cores?: number;
  readonly memoryBytes?: number;
  readonly address?: string;
  /** When it joined: RFC 3339; now by default. */
  readonly time?: string;
};

export function nodeObject(options: NodeOptions, id: string, index: number, now: string): EngineNode {
  const { hostname, role = 'worker', state = 'ready', availability = 'active', labels = {} } = options;
  return {
    ID: id,
    Version: { Index: index },
    CreatedAt: options.time ?? now,
    UpdatedAt: options.time ?? now,
    Spec: { Role: role, Availability: availability, Labels: labels },
    Description: {
      Hostname: hostname,
      Platform: { OS: 'linux', Architecture: 'x86_64' },
      Resources: {
        NanoCPUs: (options.cores ?? 2) * 1e9,
        MemoryBytes: options.memoryBytes ?? 4 * 1024 ** 3,
      },
      Engine: { EngineVersion: '20.10.24' },
    },
    Status: { State: state, Addr: options.address ?? '' },
  };
}
