/**
 * `micado destroy <infra>`: ends an infrastructure of worker VMs. Its pools are paused, its nodes emptied one after another,
 * the VMs deleted, and what is left is told by their provider and by the Swarm. May be run again at any time.
 */
import { describeError } from '../internal/daemon/app-error.ts';
import type { ExecutorApi } from './adapters/executor-api.ts';
import type { SwarmWorkers } from './adapters/swarm-workers.ts';
import { poolTarget } from './core/executor-answers.ts';
import { listNames } from './core/list-names.ts';
import {
  type DoomedInfrastructure,
  deadWorkers,
  describeDoomed,
  describeRemains,
  describeStopByHand,
  unwitnessedVms,
  type WorkerNode,
  workersOf,
} from './core/plan-destroy.ts';
import type { Surroundings, VmProvider } from './ports.ts';
import { emptyWorkers } from './steps/empty-workers.ts';
import { watchEnd } from './steps/watch-end.ts';

export type DestroyOptions = {
  readonly infra: string;
  /** For each node. */
  readonly drainTimeoutMs: number;
  /** From the deletion until the last VM is gone. */
  readonly goneTimeoutMs: number;
};

export type DestroyParts = {
  readonly provider: VmProvider;
  readonly swarm: SwarmWorkers;
  /** Undefined where none is known, so that nothing can be paused. */
  readonly executor: ExecutorApi | undefined;
};

type Around = Pick<Surroundings, 'reporter' | 'clock' | 'signal'>;

/** Whether nothing is left. Fails with `AppError` where nothing could be begun. */
export async function runDestroy(
  options: DestroyOptions,
  parts: DestroyParts,
  around: Around,
): Promise<boolean> {
  const { reporter, signal } = around;
  const { infra } = options;
  const doomed = await reporter.step('find', async () => {
    const found = await findInfrastructure(infra, parts);
    return { value: found, done: describeFound(found, parts.provider) };
  });
  const targets = doomed.pools.map((pool) => poolTarget(infra, pool));
  await pausePools(targets, parts, around);
  const workers = workersOf(doomed, await parts.swarm.list());
  if (doomed.isKnown || parts.provider.kind === 'none') {
    await emptyWorkers(workers, options.drainTimeoutMs, parts.swarm, around);
    signal.throwIfAborted();
    await deleteVms(doomed, workers, parts.provider, around);
  }
  const remains = await settle(doomed, workers, options, parts, around);
  await resumePools(targets, remains.length === 0, parts, around);
  return remains.length === 0;
}

type Found = DoomedInfrastructure & { readonly isKnown: boolean };

async function findInfrastructure(infra: string, { provider, executor }: DestroyParts): Promise<Found> {
  const targets = ((await executor?.listTargets()) ?? []).map(({ target }) => target);
  const vms = await provider.read(infra, describeDoomed(infra, [], targets).pools);
  return { ...describeDoomed(infra, vms ?? [], targets), isKnown: vms !== undefined };
}

function describeFound({ isKnown, infra, pools, vms }: Found, { kind, name }: VmProvider): string {
  const of = pools.length === 0 ? '' : ` of ${listNames(pools)}`;
  if (kind !== 'occopus' && pools.length === 0)
    return `no rule names a pool of ${infra}: its workers cannot be told`;
  if (kind === 'none') return `${infra}: the nodes${of}; there is no node provider`;
  return isKnown ? `${infra}: ${vms.length} VMs${of}` : `${name} knows no ${infra} (any more)`;
}

/** An executor that would go on would order new VMs for the tasks that lose their place. */
async function pausePools(
  targets: readonly string[],
  { executor }: DestroyParts,
  { reporter }: Around,
): Promise<void> {
  if (targets.length === 0) return;
  await reporter.step('pause', async () => {
    if (executor === undefined)
      return {
        value: undefined,
        done: 'no executor is known here; one elsewhere is named by --executor.url',
      };
    for (const target of targets) await executor.pause(target, 'micado destroy');
    return { value: undefined, done: `${targets.join(', ')}, until nothing is left` };
  });
}

/** Whatever is answered, or not answered: what is left tells whether it was done. */
async function deleteVms(
  { infra, pools }: DoomedInfrastructure,
  workers: readonly WorkerNode[],
  provider: VmProvider,
  { reporter }: Around,
): Promise<void> {
  await reporter.step('delete', async (progress) => {
    if (provider.kind === 'none') return { value: undefined, done: describeStopByHand(workers) };
    progress('its VMs are stopped, one after another');
    try {
      await provider.remove(infra, pools);
      return { value: undefined, done: `${provider.name} says that ${infra} is deleted` };
    } catch (error) {
      return { value: undefined, done: `no word that it is done: ${describeError(error)}` };
    }
  });
}

/** Waits until all is gone, takes the dead nodes out of the Swarm, and gives one line for each thing that is left. */
async function settle(
  doomed: DoomedInfrastructure,
  workersBefore: readonly WorkerNode[],
  { goneTimeoutMs }: DestroyOptions,
  parts: DestroyParts,
  around: Around,
): Promise<readonly string[]> {
  const { reporter } = around;
  const { infra } = doomed;
  const aftermath = await watchEnd(doomed, goneTimeoutMs, parts, around);
  const dead = deadWorkers(aftermath);
  await reporter.step('nodes', async () => {
    for (const { id } of dead) await parts.swarm.remove(id);
    const names = listNames(dead.map(({ hostname }) => hostname));
    return {
      value: undefined,
      done: dead.length === 0 ? 'none to remove' : `removed ${names} from the Swarm`,
    };
  });
  const remains = describeRemains(infra, parts.provider.name, aftermath);
  for (const line of remains) reporter.say(`  !!  ${line}`);
  for (const { id, addresses } of unwitnessedVms(doomed, workersBefore))
    reporter.say(
      `  ??  VM ${id} (${addresses.join(', ') || 'no address'}) was no node of the Swarm: look in the cloud whether it is gone`,
    );
  reporter.say(
    remains.length === 0
      ? `nothing is left of ${infra}`
      : `when that is gone, finish with: micado destroy ${infra}`,
  );
  return remains;
}

/**
 * With VMs left the pools stay paused: nothing may be ordered for an infrastructure that is half gone. Neither where it can be
 * ordered anew at any time: Occopus needs a descriptor for that, a program does not.
 */
async function resumePools(
  targets: readonly string[],
  isOver: boolean,
  { executor, provider }: DestroyParts,
  { reporter }: Around,
): Promise<void> {
  if (executor === undefined || targets.length === 0) return;
  if (!isOver || provider.kind === 'command') {
    reporter.say(`still paused: ${targets.join(', ')}`);
    if (isOver)
      reporter.say('take it out of policy.yaml (workers) before you resume it: its min would be started');
    return;
  }
  for (const target of targets) await executor.resume(target);
  reporter.say('its rules stay as long as policy.yaml has it under workers');
}
