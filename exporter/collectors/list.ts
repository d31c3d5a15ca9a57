/** All collectors, in the order in which their families stand in a scrape. */

import type { SwarmSnapshot } from '../core/swarm-snapshot.ts';
import { createBlkioCollector, type DeviceName } from './blkio.ts';
import type { CgroupCollector, ContainerCollector, NodeCollector } from './collector.ts';
import { cpuCollector } from './cpu.ts';
import { lifecycleCollector } from './lifecycle.ts';
import { createMachineCollector, type MachineOptions } from './machine.ts';
import { memoryCollector } from './memory.ts';
import { networkCollector } from './network.ts';
import { pidsCollector } from './pids.ts';
import { specCollector } from './spec.ts';
import { createSwarmCollector } from './swarm.ts';

export type CollectorList = {
  readonly container: readonly ContainerCollector[];
  readonly node: readonly NodeCollector[];
};

export type CollectorNeeds = {
  readonly deviceName: DeviceName;
  readonly machine: Omit<MachineOptions, 'parts'>;
  currentSwarm(): SwarmSnapshot | undefined;
  /** `--collector.<name>` */
  enabled(name: string): boolean;
};

export function listCollectors({
  deviceName,
  machine,
  currentSwarm,
  enabled,
}: CollectorNeeds): CollectorList {
  const isOn = ({ name }: { readonly name: string }): boolean => enabled(name);
  const parts: readonly CgroupCollector[] = [cpuCollector, memoryCollector].filter(isOn);
  const container: readonly ContainerCollector[] = [
    cpuCollector,
    memoryCollector,
    pidsCollector,
    specCollector,
    lifecycleCollector,
    networkCollector,
    createBlkioCollector(deviceName),
  ];
  const node = [createMachineCollector({ ...machine, parts }), createSwarmCollector(currentSwarm)];
  return { container: container.filter(isOn), node: node.filter(isOn) };
}
