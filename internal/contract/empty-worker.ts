/**
 * Whether an empty worker of a pool could take a task: what the exporter tells the rules and what the executor buys must
 * agree, or an alert would ask for ever for a worker that nobody orders. As the Swarm's scheduler judges, but for a node
 * that is not there yet: its id, name and address are unknown, so a task bound to one of them is not for it.
 */

/** Amounts by kind: `cpu` in cores, `memory` in bytes, and any generic resource by its own name (`gpu`). */
export type Amounts = Readonly<Record<string, number>>;

export type Platform = { readonly os: string; readonly architecture: string };

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
  const allowed =
    needs.constraints.every((constraint) => satisfies(constraint, worker)) &&
    (needs.platforms.length === 0 || needs.platforms.some((one) => runsOn(one, worker.platform)));
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

const CONSTRAINT = /^\s*([^\s=!]+)\s*(==|!=)\s*(.*?)\s*$/;

function satisfies(constraint: string, worker: WorkerShape): boolean {
  const [, key = '', operator, wanted = ''] = CONSTRAINT.exec(constraint) ?? [];
  if (operator === undefined) return false;
  const known = knownAttribute(key, worker);
  if (known.kind === 'no_attribute') return false;
  const isEqual = known.kind === 'value' && known.value.toLowerCase() === wanted.toLowerCase();
  return operator === '==' ? isEqual : !isEqual;
}

type Attribute =
  | { readonly kind: 'value'; readonly value: string }
  | { readonly kind: 'unknown_yet' }
  | { readonly kind: 'no_attribute' };

function knownAttribute(key: string, { nodeLabels, engineLabels, platform }: WorkerShape): Attribute {
  const [, prefix = '', label = ''] = /^(node\.labels\.|engine\.labels\.)(.+)$/i.exec(key) ?? [];
  if (prefix !== '') {
    const labels = prefix.toLowerCase().startsWith('node') ? nodeLabels : engineLabels;
    // A label that is missing counts as an empty one.
    return { kind: 'value', value: Object.hasOwn(labels, label) ? (labels[label] ?? '') : '' };
  }
  switch (key.toLowerCase()) {
    case 'node.role':
      return { kind: 'value', value: 'worker' };
    case 'node.platform.os':
      return { kind: 'value', value: platform.os };
    case 'node.platform.arch':
      return { kind: 'value', value: platform.architecture };
    case 'node.id':
    case 'node.hostname':
    case 'node.ip':
      return { kind: 'unknown_yet' };
    default:
      return { kind: 'no_attribute' };
  }
}

/** Nodes say `x86_64` where images say `amd64`. */
const ARCHITECTURES: Readonly<Record<string, string>> = { x86_64: 'amd64', aarch64: 'arm64' };
const architectureOf = (name: string): string => ARCHITECTURES[name.toLowerCase()] ?? name.toLowerCase();

function runsOn(wanted: Platform, { os, architecture }: Platform): boolean {
  return (
    (wanted.os === '' || wanted.os.toLowerCase() === os.toLowerCase()) &&
    (wanted.architecture === '' || architectureOf(wanted.architecture) === architectureOf(architecture))
  );
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
