/** What the engine says of its containers: each that runs goes into the table, of each that does not its state is kept. */
import type { Clock } from '../internal/daemon/clock.ts';
import type { ContainerTable } from './container-table.ts';
import type { Inspected, StoppedContainer } from './core/container-info.ts';
import { isShownStopped } from './core/container-list.ts';
import { type OomLedger, oomOwner } from './core/oom-ledger.ts';
import type { ContainerSource, EngineVersions } from './ports.ts';

const INSPECTIONS_AT_ONCE = 4;
/** Limits that nobody told us of are found in time, and looking for them does not show in the CPU time of a quiet node. */
const REFRESHED_AT_ONCE = 20;
/** An ended container is mostly removed or started again within moments, and then was never a stopped one. */
const SETTLE_MS = 1_000;

export type ContainerView = {
  lookAt(id: string): Promise<void>;
  lookAtAll(): Promise<void>;
  /** It is known to have ended, before the engine is asked. */
  ended(id: string): void;
  removed(id: string): void;
  /** The engine may be another one now, and events were missed: next time everything is looked at. */
  doubtAll(): void;
  /** Undefined as long as the engine has not said. */
  versions(): EngineVersions | undefined;
  /** Containers that do not run, by their ID. */
  stopped(): ReadonlyMap<string, StoppedContainer>;
};

export type ContainerViewOptions = {
  readonly source: ContainerSource;
  readonly table: ContainerTable;
  readonly oomLedger: OomLedger;
  readonly clock: Clock;
};

/** It has ended just now: how it stays is to be seen. */
export type LookAgain = (id: string, afterMs: number) => void;

export function createContainerView(
  { source, table, oomLedger, clock }: ContainerViewOptions,
  lookAgain: LookAgain,
): ContainerView {
  const stopped = new Map<string, StoppedContainer>();
  /** By `clock`, of those that are not shown as stopped yet. */
  const endedAtMs = new Map<string, number>();
  let versions: EngineVersions | undefined;
  let trusts = false;
  let refreshedUpTo = 0;

  const remove = (id: string): void => {
    table.remove(id);
    oomLedger.ended(id);
  };
  const showStopped = (container: StoppedContainer): void => {
    const sinceMs = endedAtMs.get(container.id) ?? clock.now();
    const unsettledMs = sinceMs + SETTLE_MS - clock.now();
    if (unsettledMs <= 0) {
      endedAtMs.delete(container.id);
      stopped.set(container.id, container);
      return;
    }
    endedAtMs.set(container.id, sinceMs);
    lookAgain(container.id, unsettledMs);
  };
  const take = (id: string, seen: Inspected): void => {
    const wasStopped = stopped.delete(id);
    if (seen.kind !== 'stopped') endedAtMs.delete(id);
    if (seen.kind !== 'running') {
      remove(id);
      if (seen.kind !== 'stopped' || !isShownStopped(seen.container)) return;
      if (wasStopped) stopped.set(id, seen.container);
      else showStopped(seen.container);
      return;
    }
    const before = table.get(id);
    if (table.put(seen.info) !== before) oomLedger.started(id, oomOwner(seen.info.labels));
  };
  const takeStopped = (list: readonly StoppedContainer[]): void => {
    const before = new Set(stopped.keys());
    const ids = new Set(list.map(({ id }) => id));
    for (const id of endedAtMs.keys()) if (!ids.has(id)) endedAtMs.delete(id);
    stopped.clear();
    for (const container of list)
      if (trusts && !before.has(container.id)) showStopped(container);
      else stopped.set(container.id, container);
  };
  /** Some at a time, all in turn. */
  const nextToRefresh = (ids: readonly string[]): readonly string[] => {
    if (refreshedUpTo >= ids.length) refreshedUpTo = 0;
    const next = ids.slice(refreshedUpTo, refreshedUpTo + REFRESHED_AT_ONCE);
    refreshedUpTo += next.length;
    return next;
  };
  const lookAt = async (id: string): Promise<void> => take(id, await source.inspect(id));

  return {
    lookAt,
    async lookAtAll() {
      const list = await source.list();
      const names = new Map(list.running.map(({ id, name }) => [id, name]));
      for (const id of table.tracked().keys()) if (!names.has(id)) remove(id);
      takeStopped(list.stopped);
      for (const id of trusts ? nextToRefresh([...names.keys()]) : names.keys()) table.refresh(id);
      trusts = true;
      const unsure = [...names.keys()].filter((id) => {
        const known = table.get(id);
        return known?.source !== 'cgroup' || known.info.name !== names.get(id);
      });
      for (let at = 0; at < unsure.length; at += INSPECTIONS_AT_ONCE)
        await Promise.all(unsure.slice(at, at + INSPECTIONS_AT_ONCE).map(lookAt));
      oomLedger.tidy(clock.now());
      versions ??= await source.versions();
    },
    ended(id) {
      remove(id);
      stopped.delete(id);
      endedAtMs.set(id, clock.now());
      lookAgain(id, SETTLE_MS);
    },
    removed(id) {
      remove(id);
      stopped.delete(id);
      endedAtMs.delete(id);
    },
    doubtAll() {
      versions = undefined;
      trusts = false;
    },
    versions: () => versions,
    stopped: () => stopped,
  };
}
