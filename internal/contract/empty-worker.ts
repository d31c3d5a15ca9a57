/**
 * Whether an empty worker of a pool could take a task: what the exporter tells the rules and what the executor buys must
 * agree, or an alert would ask for ever for a worker that nobody orders. As the Swarm's scheduler judges, but for a node
 * that is not there yet: its id, name and address are unknown, so a task bound to one of them is not for it.
 */
import { meetsConstraint, type Platform, suitsPlatform } from './placement.ts';

/** Amounts by kind: `cpu` in cores, `memory` in bytes, and any generic resource by its own name (`gpu`). */
export type Amounts = Readonly<Record<string, number>>;

export type TaskNeeds = {
  readonly reservations: Amounts;
  /** As users write them: `node.labels.disk == ssd`. */
  readonly constraints: readonly string[];
  /** Any of them will do; none means all. An empty text matches everything. */
  readonly platforms: readonly Platform[];
};

export type WorkerShape = {
  readonly capacity: Amounts;
  readonly platform: Platform;
  readonly nodeLabels: Readonly<Record<string, string>>;
  readonly engineLabels: Readonly<Record<string, string>>;
};

export type EmptyWorkerVerdict = 'fits' | 'too_large' | 'unsatisfied_constraints';

export function judgeForEmptyWorker(needs: TaskNeeds, worker: WorkerShape): EmptyWorkerVerdict {
  const { nodeLabels: labels, engineLabels, platform } = worker;
  const node = { role: 'worker', labels, engineLabels, platform } as const;
  const allowed =
    needs.constraints.every((constraint) => meetsConstraint(node, constraint)) &&
    suitsPlatform(node, needs.platforms);
  if (!allowed) return 'unsatisfied_constraints';
  const fits = Object.entries(needs.reservations).every(
    ([kind, amount]) => amount <= (worker.capacity[kind] ?? 0),
  );
  return fits ? 'fits' : 'too_large';
}

/** The worker once a task of a global service runs there, where it may; of what is missing there is none left. */
export function occupiedBy(worker: WorkerShape, needs: TaskNeeds): WorkerShape {
  if (judgeForEmptyWorker(needs, worker) === 'unsatisfied_constraints') return worker;
  const left = Object.entries(worker.capacity).map(
    ([kind, amount]) => [kind, Math.max(0, amount - (needs.reservations[kind] ?? 0))] as const,
  );
  return { ...worker, capacity: Object.fromEntries(left) };
}

/**
 * What the next worker will be like, by a worker that there is: labels that all of the pool have in common, because only
 * those come with joining. Size and platform of each are worth a try.
 */
export function shapesOfPool(workers: readonly WorkerShape[]): readonly WorkerShape[] {
  const [first, ...others] = workers;
  if (first === undefined) return [];
  const common = (of: (worker: WorkerShape) => WorkerShape['nodeLabels']) =>
    Object.fromEntries(
      Object.entries(of(first)).filter(([key, value]) => others.every((other) => of(other)[key] === value)),
    );
  const nodeLabels = common((worker) => worker.nodeLabels);
  const engineLabels = common((worker) => worker.engineLabels);
  return workers.map((worker) => ({ ...worker, nodeLabels, engineLabels }));
}
