/** What the exporter needs of the world. */

import type { Controller } from './core/cgroup-mounts.ts';
import type { CgroupFolder } from './core/cgroup-path.ts';
import type { ContainerInfo, ListedContainer } from './core/container-info.ts';
import type { KernelText } from './core/kernel-text.ts';
import type { SwarmSnapshot } from './core/swarm-snapshot.ts';

/** A file of the kernel that is read again and again. Failures are system errors; see `isGone`. */
export type KernelFile = {
  /** What the file says now; overwritten by the next read of any file. */
  read(): KernelText;
  close(): void;
};

export type KernelFiles = {
  /** Throws a system error where there is no such file. */
  open(path: string): KernelFile;
  /** Reads without keeping the file open. Throws a system error. */
  readNow(path: string): KernelText;
  /** Files held open now. */
  openCount(): number;
};

/** Where the kernel's figures of one container are. */
export type CgroupLocation = {
  /** The path within the tree: the label `id`. */
  readonly path: string;
  readonly folders: Readonly<Partial<Record<Controller, CgroupFolder>>>;
  /** `/proc/<pid>` of its first process; undefined where it is not sure that this is the container's. */
  readonly processFolder: string | undefined;
  /** It uses the network of the machine, so that the figures there are not its own. */
  readonly hostNetwork: boolean;
};

export type CgroupLocator = {
  /** Undefined where its cgroup is not to be seen from here. */
  container(info: ContainerInfo): CgroupLocation | undefined;
  /** The cgroup that counts as the machine. */
  machine(): CgroupLocation | undefined;
};

/** The hardware, whatever part of it the machine's cgroup may use. */
export type MachineSize = { readonly cores: number; readonly memoryBytes: number };

/** Failures are `AppError`. */
export type ContainerSource = {
  listRunning(): Promise<readonly ListedContainer[]>;
  /** Undefined unless the container runs. */
  inspect(id: string): Promise<ContainerInfo | undefined>;
};

export type SwarmSource = {
  /** Undefined where this engine is no manager. Failures are `AppError`. */
  read(): Promise<SwarmSnapshot | undefined>;
};

export type ProcessUsage = {
  cpuSeconds(): number;
  residentBytes(): number;
};
