/** What the exporter needs of the world. */

import type { Controller } from './core/cgroup-mounts.ts';
import type { CgroupFolder } from './core/cgroup-path.ts';
import type { ContainerInfo, Inspected } from './core/container-info.ts';
import type { ContainerList } from './core/container-list.ts';
import type { ContainerStats } from './core/container-stats.ts';
import type { KernelText } from './core/kernel-text.ts';
import type { SwarmSnapshot } from './core/swarm-snapshot.ts';

/** A file of the kernel that is read again and again. Failures are system errors; see `isGone`. */
export type KernelFile = {
  /** What the file says now; overwritten by the next read of any file. */
  read(): KernelText;
  close(): void;
};

export type KernelFiles = {
  /**
   * Throws a system error where there is no such file. When no more can be held open, the files of the highest rank are
   * opened for each read instead.
   */
  open(folder: string, name: string, rank?: number): KernelFile;
  /** Reads without keeping the file open. Throws a system error. */
  readNow(path: string): KernelText;
  /** Files held open now, and those that are opened for each read. */
  counts(): { readonly open: number; readonly reopened: number };
};

/** Where the kernel's figures of one container are. */
export type CgroupLocation = {
  /** The path within the tree: the label `id`. */
  readonly path: string;
  readonly folders: Readonly<Partial<Record<Controller, CgroupFolder>>>;
  /** `/proc/<pid>` of its first process; undefined where it is not sure that this is the container's. */
  readonly processFolder: string | undefined;
  /** It uses the network of the machine or of another container, so that the figures there are not its own. */
  readonly foreignNetwork: boolean;
};

export type CgroupLocator = {
  /** Undefined where its cgroup is not to be seen from here. */
  container(info: ContainerInfo): CgroupLocation | undefined;
  /** The cgroup that counts as the machine. */
  machine(): CgroupLocation | undefined;
};

/** The machine, whatever part of it its cgroup may use. What is not known is NaN or empty. */
export type MachineFacts = {
  readonly cores: number;
  readonly physicalCores: number;
  readonly sockets: number;
  readonly memoryBytes: number;
  readonly swapBytes: number;
  readonly machineId: string;
  readonly systemUuid: string;
  readonly bootId: string;
};

export type EngineVersions = {
  readonly engine: string;
  readonly kernel: string;
  readonly operatingSystem: string;
};

/** Failures are `AppError`. */
export type ContainerSource = {
  list(): Promise<ContainerList>;
  inspect(id: string): Promise<Inspected>;
  versions(): Promise<EngineVersions>;
};

/** The engine's own figures of containers whose files cannot be seen from here, collected beside the scrapes. */
export type StatsSource = {
  /** Collects the container's figures from now on. */
  follow(id: string): void;
  forget(id: string): void;
  /** Undefined as long as there are none, and where they have become old. */
  latest(id: string): ContainerStats | undefined;
};

export type SwarmSource = {
  /** Undefined where this engine is no manager. Failures are `AppError`. */
  read(): Promise<SwarmSnapshot | undefined>;
};

export type ProcessUsage = {
  cpuSeconds(): number;
  residentBytes(): number;
};
