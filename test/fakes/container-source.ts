/** The engine's containers as the exporter's port shows them, without an engine. */

import type { ContainerInfo, Inspected, StoppedContainer } from '../../exporter/core/container-info.ts';
import type { ContainerStats } from '../../exporter/core/container-stats.ts';
import type { ContainerSource, StatsSource } from '../../exporter/ports.ts';
import { AppError } from '../../internal/daemon/app-error.ts';

export type ContainerSourceFake = Omit<ContainerSource, 'versions'> & {
  versions: ContainerSource['versions'];
  readonly running: Map<string, ContainerInfo>;
  readonly stopped: Map<string, StoppedContainer>;
  readonly inspected: string[];
  /** While set, every call fails. */
  away: boolean;
};

export function createContainerSourceFake(): ContainerSourceFake {
  const running = new Map<string, ContainerInfo>();
  const stopped = new Map<string, StoppedContainer>();
  const inspected: string[] = [];
  const answer = <T>(value: () => T): Promise<T> =>
    fake.away ? Promise.reject(new AppError('unavailable', 'Docker is away')) : Promise.resolve(value());
  const look = (id: string): Inspected => {
    const info = running.get(id);
    if (info !== undefined) return { kind: 'running', info };
    const container = stopped.get(id);
    return container === undefined ? { kind: 'gone' } : { kind: 'stopped', container };
  };
  const fake: ContainerSourceFake = {
    running,
    stopped,
    inspected,
    away: false,
    list: () =>
      answer(() => ({
        running: [...running.values()].map(({ id, name }) => ({ id, name })),
        stopped: [...stopped.values()],
      })),
    inspect: (id) =>
      answer(() => {
        inspected.push(id);
        return look(id);
      }),
    versions: () => answer(() => ({ engine: '20.10.24', kernel: '6.1.0', operatingSystem: 'Debian' })),
  };
  return fake;
}

export type StatsSourceFake = StatsSource & {
  readonly followed: Set<string>;
  readonly stats: Map<string, ContainerStats>;
};

export function createStatsSourceFake(): StatsSourceFake {
  const followed = new Set<string>();
  const stats = new Map<string, ContainerStats>();
  return {
    followed,
    stats,
    follow: (id) => void followed.add(id),
    forget: (id) => void followed.delete(id),
    latest: (id) => stats.get(id),
  };
}

export function aContainerInfo(info: Partial<ContainerInfo> & { readonly id: string }): ContainerInfo {
  return {
    name: info.id,
    image: 'busybox:1',
    labels: {},
    environment: {},
    pid: 1,
    createdSeconds: 1,
    startedSeconds: 2,
    restartCount: 0,
    state: 'running',
    health: 'none',
    cgroupParent: '',
    networkMode: 'default',
    limits: NO_LIMITS,
    ...info,
  };
}

const NO_LIMITS = {
  cpuQuotaMicroseconds: 0,
  cpuPeriodMicroseconds: 100_000,
  cpuShares: 1_024,
  memoryBytes: 0,
  swapBytes: 0,
  reservationBytes: 0,
};
