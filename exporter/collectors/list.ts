/**
 * All collectors, in the order in which their families stand in a scrape. Of a container's, the last are the first to be
 * left out when there are too many series, and to lose their open files when there are too many of those.
 */

import type { OomLedger } from '../core/oom-ledger.ts';
import type { SwarmSnapshot } from '../core/swarm-snapshot.ts';
import { createBlkioCollector, type DeviceName } from './blkio.ts';
import type { ContainerCollector, NodeCollector } from './collector.ts';
import { cpuCollector } from './cpu.ts';
import { lifecycleCollector } from './lifecycle.ts';
import { createMachineCollector, type MachineOptions } from './machine.ts';
import { memoryCollector } from './memory.ts';
import { networkCollector } from './network.ts';
import { createOomCollector } from './oom.ts';
import { pidsCollector } from './pids.ts';
import { pressureCollector } from './pressure.ts';
import { specCollector } from './spec.ts';
import { createStateCollector, type StateOptions } from './state.ts';
import { createSwarmCollector } from './swarm.ts';

export type CollectorList = {
  readonly container: readonly ContainerCollector[];
  readonly node: readonly NodeCollector[];
};

export type CollectorNeeds = {
  readonly deviceName: DeviceName;
  readonly machine: Omit<MachineOptions, 'parts' | 'enabled'>;
  readonly state: StateOptions;
  readonly oomLedger: OomLedger;
  currentSwarm(): SwarmSnapshot | undefined;
  /** `--collector.<name>` */
  enabled(name: string): boolean;
};

export function listCollectors(needs: CollectorNeeds): CollectorList {
  const isOn = ({ name }: { readonly name: string }): boolean => needs.enabled(name);
  const blkioCollector = createBlkioCollector(needs.deviceName);
  const container: readonly ContainerCollector[] = [
    cpuCollector,
    lifecycleCollector,
    memoryCollector,
    specCollector,
    pidsCollector,
    networkCollector,
    blkioCollector,
    pressureCollector,
  ];
  const everywhere = [cpuCollector, memoryCollector, pressureCollector];
  // Of the whole machine procfs says more than the root of the cgroups.
  const parts =
    needs.machine.host === undefined ? [...everywhere, pidsCollector, blkioCollector] : everywhere;
  const node = [
    createStateCollector(needs.state),
    createOomCollector(needs.oomLedger),
    createMachineCollector({
      ...needs.machine,
      parts: parts.filter(isOn),
      enabled: (name) => needs.enabled(name),
    }),
    createSwarmCollector(needs.currentSwarm),
  ];
  return { container: container.filter(isOn), node: node.filter(isOn) };
}
