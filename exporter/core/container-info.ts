/** What the engine says of a container, cut down to what its series need. */
import { jsonAt, listAt, numberAt, textAt, textsAt } from './json-at.ts';

/** `none` where it has no health check. */
export type ContainerHealth = 'none' | 'starting' | 'healthy' | 'unhealthy';

export type ContainerInfo = {
  readonly id: string;
  readonly name: string;
  readonly image: string;
  readonly labels: Readonly<Record<string, string>>;
  /** The variables that it was created with. */
  readonly environment: Readonly<Record<string, string>>;
  /** Its first process, as the engine sees it. */
  readonly pid: number;
  readonly createdSeconds: number;
  readonly startedSeconds: number;
  /** Times that the engine has started it again by itself. */
  readonly restartCount: number;
  readonly state: 'running' | 'paused';
  readonly health: ContainerHealth;
  /** `--cgroup-parent`, or empty. */
  readonly cgroupParent: string;
  /** `host`, `none`, `default`, a network's name … */
  readonly networkMode: string;
  readonly limits: ContainerLimits;
};

/** As the engine was told; 0 is none. Where the kernel's files can be read these are not used. */
export type ContainerLimits = {
  readonly cpuQuotaMicroseconds: number;
  readonly cpuPeriodMicroseconds: number;
  readonly cpuShares: number;
  readonly memoryBytes: number;
  readonly swapBytes: number;
  readonly reservationBytes: number;
};

export type StoppedContainer = {
  readonly id: string;
  readonly name: string;
  readonly image: string;
  readonly labels: Readonly<Record<string, string>>;
  /** `created`, `exited`, `dead`, `restarting`, `removing`. */
  readonly state: string;
};

export type Inspected =
  | { readonly kind: 'running'; readonly info: ContainerInfo }
  | { readonly kind: 'stopped'; readonly container: StoppedContainer }
  | { readonly kind: 'gone' };

/** An answer to `GET /containers/<id>/json`. */
export function parseInspected(json: unknown): Inspected {
  const info = parseContainerInfo(json);
  if (info !== undefined) return { kind: 'running', info };
  const id = textAt(json, 'Id');
  if (id === '') return { kind: 'gone' };
  const name = nameWithoutSlash(textAt(json, 'Name'));
  const [image, state] = [textAt(json, 'Config', 'Image'), textAt(json, 'State', 'Status')];
  return {
    kind: 'stopped',
    container: { id, name, image, labels: textsAt(json, 'Config', 'Labels'), state },
  };
}

export const nameWithoutSlash = (name: string): string => name.replace(/^\//, '');

/** Undefined unless the container runs. */
function parseContainerInfo(json: unknown): ContainerInfo | undefined {
  const id = textAt(json, 'Id');
  const pid = numberAt(json, 'State', 'Pid');
  if (id === '' || jsonAt(json, 'State', 'Running') !== true || !(pid > 0)) return undefined;
  return {
    id,
    pid,
    name: nameWithoutSlash(textAt(json, 'Name')),
    image: textAt(json, 'Config', 'Image'),
    labels: textsAt(json, 'Config', 'Labels'),
    environment: parseEnvironment(listAt(json, 'Config', 'Env')),
    createdSeconds: seconds(textAt(json, 'Created')),
    startedSeconds: seconds(textAt(json, 'State', 'StartedAt')),
    restartCount: numberAt(json, 'RestartCount') || 0,
    state: jsonAt(json, 'State', 'Paused') === true ? 'paused' : 'running',
    health: parseHealth(textAt(json, 'State', 'Health', 'Status')),
    cgroupParent: textAt(json, 'HostConfig', 'CgroupParent'),
    networkMode: textAt(json, 'HostConfig', 'NetworkMode'),
    limits: parseLimits(json),
  };
}

/** `host`, or `container:<id>`: the figures of such a network are another's too, and would be counted twice. */
export const isOthersNetwork = (networkMode: string): boolean => /^(host$|container:)/.test(networkMode);

/** Whether both are the same run of the same container under the same name, so that its files and series are the same. */
export function isSameRun(one: ContainerInfo, other: ContainerInfo): boolean {
  return (
    one.id === other.id &&
    one.pid === other.pid &&
    one.startedSeconds === other.startedSeconds &&
    one.name === other.name
  );
}

const HEALTHS: readonly ContainerHealth[] = ['starting', 'healthy', 'unhealthy'];
const parseHealth = (word: string): ContainerHealth => HEALTHS.find((one) => one === word) ?? 'none';

const USUAL_PERIOD_MICROSECONDS = 100_000;
const USUAL_SHARES = 1_024;

function parseLimits(json: unknown): ContainerLimits {
  const limit = (key: string): number => Math.max(0, numberAt(json, 'HostConfig', key) || 0);
  const period = limit('CpuPeriod') || USUAL_PERIOD_MICROSECONDS;
  return {
    cpuPeriodMicroseconds: period,
    cpuQuotaMicroseconds: limit('CpuQuota') || (limit('NanoCpus') / 1e9) * period,
    cpuShares: limit('CpuShares') || USUAL_SHARES,
    memoryBytes: limit('Memory'),
    swapBytes: limit('MemorySwap'),
    reservationBytes: limit('MemoryReservation'),
  };
}

/** Lines `NAME=value`. */
function parseEnvironment(list: readonly unknown[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    list.map(String).map((line) => {
      const equals = line.indexOf('=');
      return equals < 0 ? [line, ''] : [line.slice(0, equals), line.slice(equals + 1)];
    }),
  );
}

const seconds = (time: string): number => Date.parse(time) / 1000;
