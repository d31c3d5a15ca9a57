/** The engine's containers as the exporter's port shows them, without an engine. */

import type { ContainerInfo } from '../../exporter/core/container-info.ts';
import type { ContainerSource } from '../../exporter/ports.ts';
import { AppError } from '../../internal/daemon/app-error.ts';

export type ContainerSourceFake = ContainerSource & {
  readonly running: Map<string, ContainerInfo>;
  readonly inspected: string[];
  /** While set, every call fails. */
  away: boolean;
};

export function createContainerSourceFake(): ContainerSourceFake {
  const running = new Map<string, ContainerInfo>();
  const inspected: string[] = [];
  const answer = <T>(value: () => T): Promise<T> =>
    fake.away ? Promise.reject(new AppError('unavailable', 'Docker is away')) : Promise.resolve(value());
  const fake: ContainerSourceFake = {
    running,
    inspected,
    away: false,
    listRunning: () => answer(() => [...running.values()].map(({ id, name }) => ({ id, name }))),
    inspect: (id) =>
      answer(() => {
        inspected.push(id);
        return running.get(id);
      }),
  };
  return fake;
}

export function aContainerInfo(info: Partial<ContainerInfo> & { readonly id: string }): ContainerInfo {
  return {
    name: info.id,
    image: 'busybox:1',
    labels: {},
    pid: 1,
    createdSeconds: 1,
    startedSeconds: 2,
    cgroupParent: '',
    networkMode: 'default',
    ...info,
  };
}
