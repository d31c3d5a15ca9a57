/**
 * OOM kills of Swarm services on this node. The counter of a container ends with it, and the kill is often what ends it, so
 * no scrape would ever see that one; a service outlives its containers. Of each run the larger number counts:
 * what the kernel said when it was last read (exact, but late), or how often the engine reported a kill (at once, but
 * several may be one report).
 */
import { SWARM_CONTAINER_LABEL } from '../../internal/contract/labels.ts';

export type OomOwner = {
  readonly service: string;
  /** Empty for a service of no stack. */
  readonly stack: string;
};

export type OomLedger = {
  /** A new run: its counts begin at 0. */
  started(id: string, owner: OomOwner | undefined): void;
  /** The engine reports a kill; it may be late, after the end. */
  reported(id: string, owner: OomOwner | undefined): void;
  /** What the kernel has counted since the start. */
  counted(id: string, kills: number): void;
  ended(id: string): void;
  /** Called now and then: forgets services that have had no container for a while. */
  tidy(nowMs: number): void;
  totals(): Iterable<{ readonly owner: OomOwner; readonly kills: number }>;
};

/** Long enough for any scrape to see the last number. */
const KEPT_MS = 600_000;

type Run = {
  readonly account: Account;
  counted: number;
  reported: number;
  endedMs: number | 'no' | 'lately';
};
type Account = { readonly owner: OomOwner; closed: number; readonly runs: Set<Run> };

export function createOomLedger(): OomLedger {
  const accounts = new Map<string, Account>();
  const runs = new Map<string, Run>();

  const close = (id: string): void => {
    const run = runs.get(id);
    if (run === undefined) return;
    run.account.closed += killsOf(run);
    run.account.runs.delete(run);
    runs.delete(id);
  };
  const open = (id: string, owner: OomOwner): Run => {
    const account = accounts.get(owner.service) ?? { owner, closed: 0, runs: new Set() };
    accounts.set(owner.service, account);
    const run: Run = { account, counted: 0, reported: 0, endedMs: 'no' };
    account.runs.add(run);
    runs.set(id, run);
    return run;
  };
  return {
    started(id, owner) {
      close(id);
      if (owner !== undefined) open(id, owner);
    },
    reported(id, owner) {
      if (owner !== undefined) (runs.get(id) ?? open(id, owner)).reported += 1;
    },
    counted(id, kills) {
      const run = runs.get(id);
      if (run !== undefined && kills > run.counted) run.counted = kills;
    },
    ended(id) {
      const run = runs.get(id);
      if (run !== undefined) run.endedMs = 'lately';
    },
    tidy(nowMs) {
      for (const [id, run] of runs) {
        if (run.endedMs === 'lately') run.endedMs = nowMs;
        if (typeof run.endedMs === 'number' && nowMs - run.endedMs >= KEPT_MS) close(id);
      }
      for (const [key, account] of accounts) if (account.runs.size === 0) accounts.delete(key);
    },
    *totals() {
      for (const { owner, closed, runs: own } of accounts.values()) {
        let kills = closed;
        for (const run of own) kills += killsOf(run);
        // What is kept for a while is kills; a service that went without any leaves nothing behind.
        if (kills > 0 || [...own].some(({ endedMs }) => endedMs === 'no')) yield { owner, kills };
      }
    },
  };
}

const killsOf = ({ counted, reported }: Run): number => Math.max(counted, reported);

/**
 * Undefined for a container of no service.
 * @param labels a container's labels, or the attributes of an event, which hold them too
 */
export function oomOwner(labels: Readonly<Record<string, string>>): OomOwner | undefined {
  const service = labels[SWARM_CONTAINER_LABEL.serviceName];
  const stack = labels[SWARM_CONTAINER_LABEL.stackNamespace] ?? '';
  return service === undefined ? undefined : { service, stack };
}
