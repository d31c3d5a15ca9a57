/**
 * When a pool may be asked for what. Occopus enforces requests some seconds later, and counts a stop twice that meets a
 * start in one of its passes. So each waits until the report shows the other one done, and for two passes more.
 */
import { AppError } from '../../internal/daemon/app-error.ts';
import type { Clock } from '../../internal/daemon/clock.ts';
import type { PoolReport } from '../ports.ts';

/** Each fails with `conflict` when the request has to wait. The request is taken to follow at once. */
export type OccopusPace = {
  beforeStart(now: PoolReport): void;
  beforeStop(now: PoolReport): void;
  /** Before VMs that are asked for and not there yet are wanted no more. */
  beforeTakingBack(): void;
};

/** Two passes, each 10 s after the other. */
const APART_MS = 20_000;

export function createOccopusPace(clock: Clock, processStartedAtMs: number): OccopusPace {
  let startedAtMs = Number.NEGATIVE_INFINITY;
  let stoppedAtMs = Number.NEGATIVE_INFINITY;
  const requireApart = (sinceMs: number, what: string): void => {
    const agoMs = clock.now() - sinceMs;
    if (agoMs < APART_MS) throw busy(`${what} ${Math.round(agoMs / 1_000)} s ago, which is not yet settled`);
  };
  return {
    beforeStart({ target, vms }) {
      if (target < vms.length) throw busy('a VM is being stopped');
      requireApart(stoppedAtMs, 'a VM was stopped');
      startedAtMs = clock.now();
    },
    beforeStop({ target, vms }) {
      if (target > vms.length) throw busy('VMs are being started');
      requireApart(startedAtMs, 'VMs were started');
      stoppedAtMs = clock.now();
    },
    beforeTakingBack() {
      // The report cannot tell whether the process before this one asked for them just now.
      requireApart(Math.max(startedAtMs, processStartedAtMs), 'VMs were asked for');
      stoppedAtMs = clock.now();
    },
  };
}

/** To be tried again after another look. */
export const busy = (why: string): AppError =>
  new AppError('conflict', `Occopus cannot take the request yet: ${why}`);
