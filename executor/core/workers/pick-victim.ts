/**
 * Which worker goes when one may: the least busy one, and only one that nothing is lost with. Every other has its reason why
 * it must stay.
 */
import { vmOfNode } from './match-vms.ts';
import type { PoolReport, ProviderVm } from './pool-report.ts';
import type { NodeLoad, PoolLimits } from './pool-world.ts';
import {
  isAlive,
  nodesOfPool,
  type SwarmView,
  serviceOf,
  takesTasks,
  tasksOn,
  type WorkerNode,
} from './swarm-view.ts';
import { findHomeless, lodgerOf, roomOn } from './task-room.ts';

export type Candidate = {
  readonly node: WorkerNode;
  readonly verdict:
    | { readonly kind: 'may_go'; readonly vm: ProviderVm; readonly busy: number; readonly tasks: number }
    | { readonly kind: 'must_stay'; readonly why: string };
};

export type VictimWorld = {
  readonly view: SwarmView;
  readonly pool: string;
  readonly report: PoolReport;
  readonly load: readonly NodeLoad[];
  readonly nowMs: number;
};

export function judgeVictims(world: VictimWorld, limits: Pick<PoolLimits, 'graceMs'>): readonly Candidate[] {
  return nodesOfPool(world.view, world.pool).map((node) => ({ node, verdict: judge(node, world, limits) }));
}

export function pickVictim(
  candidates: readonly Candidate[],
): { node: WorkerNode; vm: ProviderVm } | undefined {
  const [least] = candidates
    .flatMap(({ node, verdict }) => (verdict.kind === 'may_go' ? [{ node, ...verdict }] : []))
    .toSorted(
      (a, b) =>
        a.busy - b.busy ||
        a.tasks - b.tasks ||
        b.node.createdAtMs - a.node.createdAtMs ||
        (a.node.id < b.node.id ? -1 : 1),
    );
  return least === undefined ? undefined : { node: least.node, vm: least.vm };
}

export const describeStayers = (candidates: readonly Candidate[]): string =>
  candidates
    .flatMap(({ node, verdict }) =>
      verdict.kind === 'must_stay' ? [`${node.hostname}: ${verdict.why}`] : [],
    )
    .join('; ');

function judge(
  node: WorkerNode,
  world: VictimWorld,
  { graceMs }: Pick<PoolLimits, 'graceMs'>,
): Candidate['verdict'] {
  const stays = (why: string): Candidate['verdict'] => ({ kind: 'must_stay', why });
  if (node.role === 'manager') return stays('it is a manager');
  if (!takesTasks(node)) return stays(`it is ${node.state} and ${node.availability}`);
  if (world.nowMs - node.createdAtMs < graceMs) return stays('it has just joined');
  const match = vmOfNode(node, world.report.vms, world.view.nodes);
  if (match.kind === 'none') return stays('no VM of the provider has its address');
  if (match.kind === 'several') return stays(`its VM is ambiguous: ${match.ids.join(', ')}`);
  if (match.vm.state !== 'ready') return stays(`its VM is ${match.vm.state}`);
  const load = world.load.filter(({ hostname }) => hostname === node.hostname);
  const [measured] = load;
  if (load.length !== 1 || measured?.busy === undefined) return stays('its load is not measured');
  const bound = findBound(node, world.view);
  if (bound !== undefined) return stays(bound);
  return { kind: 'may_go', vm: match.vm, busy: measured.busy, tasks: tasksOn(world.view, node).length };
}

/** What keeps the node: a task that cannot, or must not, go elsewhere. */
function findBound(node: WorkerNode, view: SwarmView): string | undefined {
  const tasks = view.tasks.filter((task) => task.nodeId === node.id && isAlive(task));
  const movable = tasks.filter((task) => serviceOf(view, task)?.mode !== 'global');
  for (const task of movable) {
    const service = serviceOf(view, task);
    const name = service?.name ?? task.serviceId;
    if (task.needs.mountsVolume) return `${name} has a volume there`;
    if (service?.mode === 'replicated-job' || service?.mode === 'global-job')
      return `the job ${name} runs there`;
  }
  const rooms = view.nodes
    .filter((other) => other.id !== node.id && takesTasks(other))
    .map((other) => roomOn(view, other));
  const homeless = findHomeless(
    rooms,
    movable.map((task) => lodgerOf(view, task)),
  );
  return homeless === undefined ? undefined : `${homeless.lodger.name} fits nowhere else: ${homeless.why}`;
}
