/**
 * `micado destroy <infra>`: ends an infrastructure of worker VMs. Its pools are paused, its nodes emptied one after another,
 * the VMs deleted, and what is left is told by Occopus and by the Swarm. May be run again at any time.
 */
import { describeError } from '../internal/daemon/app-error.ts';
import type { ExecutorApi } from './adapters/executor-api.ts';
import type { OccopusApi } from './adapters/occopus-api.ts';
import type { SwarmWorkers } from './adapters/swarm-workers.ts';
import { poolTarget } from './core/executor-answers.ts';
import { listNames } from './core/list-names.ts';
import {
  type DoomedInfrastructure,
  deadWorkers,
  describeDoomed,
  describeRemains,
  unwitnessedVms,
  type WorkerNode,
  workersOf,
} from './core/plan-destroy.ts';
import type { Surroundings } from './ports.ts';
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
  readonly occopus: OccopusApi;
  readonly swarm: SwarmWorkers;
  /** Undefined where no stack runs, so that nothing has to be paused. */
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
    return { value: found, done: describeFound(found) };
  });
  const targets = doomed.pools.map((pool) => poolTarget(infra, pool));
  await pausePools(targets, parts, around);
  const workers = workersOf(doomed, await parts.swarm.list());
  if (doomed.isKnown) {
    await emptyWorkers(workers, options.drainTimeoutMs, parts.swarm, around);
    signal.throwIfAborted();
    await deleteInfrastructure(infra, parts.occopus, around);
  }
  const remains = await settle(doomed, workers, options, parts, around);
  await resumePools(targets, remains.length === 0, parts, around);
  return remains.length === 0;
}

type Found = DoomedInfrastructure & { readonly isKnown: boolean };

async function findInfrastructure(infra: string, { occopus, executor }: DestroyParts): Promise<Found> {
  const [vms, targets] = await Promise.all([occopus.read(infra), executor?.listTargets() ?? []]);
  const doomed = describeDoomed(
    infra,
    vms ?? [],
    targets.map(({ target }) => target),
  );
  return { ...doomed, isKnown: vms !== undefined };
}

function describeFound({ isKnown, infra, pools, vms }: Found): string {
  const of = pools.length === 0 ? '' : ` of ${listNames(pools)}`;
  return isKnown ? `${infra}: ${vms.length} VMs${of}` : `Occopus knows no ${infra} (any more)`;
}

/** An executor that would go on would order new VMs for the tasks that lose their place. */
async function pausePools(
  targets: readonly string[],
  { executor }: DestroyParts,
  { reporter }: Around,
): Promise<void> {
  if (targets.length === 0) return;
  await reporter.step('pause', async () => {
    if (executor === undefined) return { value: undefined, done: 'no executor runs here' };
    for (const target of targets) await executor.pause(target, 'micado destroy');
    return { value: undefined, done: `${targets.join(', ')}, until nothing is left` };
  });
}

/** Whatever is answered, or not answered: what is left tells whether it was done. */
async function deleteInfrastructure(infra: string, occopus: OccopusApi, { reporter }: Around): Promise<void> {
  await reporter.step('delete', async (progress) => {
    progress('Occopus stops its VMs, one after another');
    try {
      await occopus.remove(infra);
      return { value: undefined, done: `Occopus says that ${infra} is deleted` };
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
  const remains = describeRemains(infra, aftermath);
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

/** With VMs left the pools stay paused: nothing may be ordered for an infrastructure that is half gone. */
async function resumePools(
  targets: readonly string[],
  isOver: boolean,
  { executor }: DestroyParts,
  { reporter }: Around,
): Promise<void> {
  if (executor === undefined || targets.length === 0) return;
  if (!isOver) {
    reporter.say(`still paused: ${targets.join(', ')}`);
    return;
  }
  for (const target of targets) await executor.resume(target);
  reporter.say('its rules stay as long as policy.yaml has it under workers');
}
