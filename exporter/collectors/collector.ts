/**
 * A collector: a group of families that is switched on and off as one. It declares them, and says how to read them of
 * one container. What it adds to a scrape is true at that moment; it keeps no history and interprets nothing.
 */
import type { CgroupFiles } from '../cgroup-files.ts';
import type { ContainerInfo } from '../core/container-info.ts';
import type { ContainerStats } from '../core/container-stats.ts';
import type { Family, LabelText, Samples } from '../core/exposition.ts';

export type CgroupTarget = {
  readonly files: CgroupFiles;
  readonly labels: LabelText;
  /** This is the root: what it does not know of the whole machine is read elsewhere. */
  readonly wholeMachine?: boolean;
  /** Told at each reading how many processes were killed for want of memory. */
  onOomKills?(kills: number): void;
};
export type ContainerTarget = CgroupTarget & {
  /** What the engine said last. */
  info(): ContainerInfo;
};

/** A container of which the engine alone can tell. */
export type StatsTarget = {
  readonly labels: LabelText;
  info(): ContainerInfo;
  stats(): ContainerStats | undefined;
};

export type Reading = {
  /** Called at each scrape. */
  read(out: Samples, nowSeconds: number): void;
  /** Called about once a minute, and when the engine says that something changed: looks again at what hardly ever does. */
  refresh?(): void;
};

export type ContainerCollector = {
  readonly name: string;
  readonly families: readonly Family[];
  open(target: ContainerTarget): Reading;
  openStats?(target: StatsTarget): Reading;
};

/** A collector that needs nothing but a cgroup, and so can read the machine's as well. */
export type CgroupCollector = Omit<ContainerCollector, 'open'> & {
  open(target: CgroupTarget): Reading;
};

/** A collector of what is there once: the machine, the Swarm. */
export type NodeCollector = {
  readonly name: string;
  readonly families: readonly Family[];
  read(out: Samples, nowSeconds: number): void;
};

export const counter = (name: string, help: string): Family => ({ name, help, type: 'counter' });
export const gauge = (name: string, help: string): Family => ({ name, help, type: 'gauge' });
