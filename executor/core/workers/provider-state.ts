/**
 * Whether the provider is done with what it was asked for: as many VMs as asked, each of them a Ready and scraped node. What
 * is under way is not added to; what stays under way for too long has failed.
 */
import { notJoined, vmOfNode } from './match-vms.ts';
import type { PoolReport, ProviderVm } from './pool-report.ts';
import type { NodeLoad, PoolLimits, PoolWaits } from './pool-world.ts';
import type { WorkerNode } from './swarm-view.ts';

export type ProviderState =
  | { readonly kind: 'settled' }
  | { readonly kind: 'in_flight'; readonly detail: string; readonly untilMs: number }
  /** A VM that never became a worker. */
  | { readonly kind: 'boot_failed'; readonly vm: ProviderVm; readonly detail: string }
  /** It does not get to the number that it was asked for. */
  | { readonly kind: 'stuck'; readonly detail: string; readonly againAtMs: number };

export type WaitingVm = {
  readonly vm: ProviderVm;
  readonly for: 'vm' | 'node' | 'scrape';
  readonly isCertain: boolean;
};

/** The VMs that are not workers yet, with what each waits for. */
export function waitingVms(
  report: PoolReport,
  nodes: readonly WorkerNode[],
  load: readonly NodeLoad[] | undefined,
): readonly WaitingVm[] {
  const absent = notJoined(report.vms, nodes);
  const isAbsent = new Set(absent.vms.map(({ id }) => id));
  const unscraped = new Set(
    nodes
      .filter(({ hostname }) => load?.some((one) => one.hostname === hostname && one.isScraped) === false)
      .flatMap((node) => {
        const match = vmOfNode(node, report.vms, nodes);
        return match.kind === 'one' ? [match.vm.id] : [];
      }),
  );
  return report.vms.flatMap((vm): readonly WaitingVm[] => {
    if (isAbsent.has(vm.id))
      return [{ vm, for: vm.state === 'ready' ? 'node' : 'vm', isCertain: absent.isCertain }];
    // A worker that works is never taken for a failed boot, whatever its provider or Prometheus say.
    if (vm.state !== 'ready') return [{ vm, for: 'vm', isCertain: false }];
    return unscraped.has(vm.id) ? [{ vm, for: 'scrape', isCertain: false }] : [];
  });
}

export function providerState(
  report: PoolReport,
  waiting: readonly WaitingVm[],
  waits: PoolWaits,
  { bootDeadlineMs }: Pick<PoolLimits, 'bootDeadlineMs'>,
  nowMs: number,
): ProviderState {
  const deadlineOf = (sinceMs = nowMs): number => Math.min(sinceMs, nowMs) + bootDeadlineMs;
  if (report.target !== report.vms.length) {
    const detail = `the provider has ${report.vms.length} of ${report.target} VMs`;
    const untilMs = deadlineOf(waits.unevenSinceMs);
    return nowMs < untilMs
      ? { kind: 'in_flight', detail, untilMs }
      : { kind: 'stuck', detail, againAtMs: nowMs + bootDeadlineMs };
  }
  const late = waiting.filter(({ vm }) => nowMs >= deadlineOf(waits.vmSinceMs[vm.id]));
  const failed = late.find(({ isCertain }) => isCertain);
  if (failed !== undefined) {
    const what = failed.for === 'vm' ? `is ${failed.vm.state}` : 'runs, but is no Ready node of the Swarm';
    return { kind: 'boot_failed', vm: failed.vm, detail: `${failed.vm.id} ${what}` };
  }
  const [next] = waiting.filter((one) => !late.includes(one));
  if (next === undefined) return { kind: 'settled' };
  const detail = {
    vm: `is ${next.vm.state}`,
    node: 'has not joined the Swarm',
    scrape: 'is not scraped yet',
  }[next.for];
  return {
    kind: 'in_flight',
    detail: `${next.vm.id} ${detail}`,
    untilMs: deadlineOf(waits.vmSinceMs[next.vm.id]),
  };
}
