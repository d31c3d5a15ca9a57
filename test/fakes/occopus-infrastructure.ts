/**
 * One infrastructure of Occopus: requests are queued, and a maintenance pass enforces them some time later. It has the
 * defects of the real thing, which clients must live with.
 */
import { randomUUID } from 'node:crypto';
import type { Clock } from '../../internal/daemon/clock.ts';

export type OccopusVersion = '1.5' | '1.10';

/** The cloud behind Occopus. */
export type Hypervisor = {
  /** Resolves with the VM's addresses when it runs; rejects when the cloud refuses it or its boot fails. */
  boot(vm: { readonly id: string; readonly node: string }): Promise<readonly string[]>;
  destroy(id: string): Promise<void>;
  isRunning(id: string): boolean;
};

export type NodeDescription = { readonly name: string; readonly min: number; readonly max: number };

export type InfrastructureOptions = {
  readonly version: OccopusVersion;
  readonly clock: Clock;
  readonly hypervisor: Hypervisor;
  /** The pause after each pass. */
  readonly passMs: number;
  readonly nodes: readonly NodeDescription[];
};

export type InstanceState = 'ready' | 'pending' | 'shutdown' | 'failed' | 'temp_failed' | 'unknown';

export type OccopusInstance = { readonly id: string; addresses: readonly string[]; state: InstanceState };

export type OccopusNode = {
  readonly name: string;
  min: number;
  max: number;
  readonly instances: Map<string, OccopusInstance>;
  /** As requested, or as the last pass found it: not clamped. */
  target: number;
  creates: number;
  /** Ids or addresses of VMs to stop; undefined: any one. */
  destroys: (string | undefined)[];
};

export type OccopusInfrastructure = {
  node(name: string): OccopusNode | undefined;
  nodes(): readonly OccopusNode[];
  /** New limits, as from a second build under its id; they hold from the next pass on. */
  limit(nodes: readonly NodeDescription[]): void;
  /** What the report says: queued requests counted, clamped to the bounds. */
  reportedTarget(node: OccopusNode): number;
  stateOf(instance: OccopusInstance): InstanceState;
  /** False when it is maintained already, even by a process that has died (1.5). */
  attach(): boolean;
  detach(): boolean;
  /** Whether passes really happen. */
  isMaintained(): boolean;
  /** Ends the maintenance process between two passes; requests go on to be taken, as with the real one. */
  die(): void;
  /** Passes that have ended, those that failed too. */
  passes(): number;
  /** Stops the maintenance and all VMs; a VM that cannot be stopped is forgotten. */
  dismantle(): Promise<void>;
};

export function createOccopusInfrastructure(options: InfrastructureOptions): OccopusInfrastructure {
  const { clock, hypervisor, passMs, version } = options;
  const nodes = new Map(options.nodes.map((description) => [description.name, startNode(description)]));
  let maintenance: { readonly stop: AbortController; alive: boolean } | undefined;

  let passes = 0;

  const maintain = async (mine: NonNullable<typeof maintenance>): Promise<void> => {
    const { signal } = mine.stop;
    while (!signal.aborted) {
      const failed = await runPass([...nodes.values()], options, signal).then(
        () => false,
        () => true,
      );
      passes += 1;
      if (failed && version === '1.5') {
        mine.alive = false;
        return;
      }
      await clock.sleep(passMs, signal);
    }
  };
  const detach = (): boolean => {
    const wasMaintained = maintenance !== undefined;
    maintenance?.stop.abort();
    maintenance = undefined;
    return wasMaintained;
  };

  return {
    node: (name) => nodes.get(name),
    nodes: () => [...nodes.values()],
    limit(descriptions) {
      for (const description of descriptions) {
        const { min, max } = startNode(description);
        const node = nodes.get(description.name);
        if (node !== undefined) Object.assign(node, { min, max, target: clamp(node.target, { min, max }) });
      }
    },
    reportedTarget: (node) => clamp(node.target + node.creates - node.destroys.length, node),
    stateOf: ({ id, state }) => (state === 'ready' && !hypervisor.isRunning(id) ? 'shutdown' : state),
    attach() {
      if (maintenance !== undefined) return false;
      maintenance = { stop: new AbortController(), alive: true };
      void maintain(maintenance);
      return true;
    },
    detach,
    isMaintained: () => maintenance?.alive === true,
    die() {
      maintenance?.stop.abort();
      if (maintenance !== undefined) maintenance.alive = false;
    },
    passes: () => passes,
    async dismantle() {
      detach();
      for (const { instances } of nodes.values())
        for (const { id } of instances.values()) {
          await hypervisor.destroy(id).catch(() => undefined);
          instances.delete(id);
        }
    },
  };
}

/** Limits as Occopus reads them: at least one, and a reversed range becomes a fixed number. */
function startNode({ name, min, max }: NodeDescription): OccopusNode {
  const least = Math.max(min, 1);
  const most = Math.max(max, least);
  return { name, min: least, max: most, instances: new Map(), target: least, creates: 0, destroys: [] };
}

const clamp = (count: number, { min, max }: Pick<OccopusNode, 'min' | 'max'>): number =>
  Math.min(Math.max(count, min), max);

async function runPass(
  nodes: readonly OccopusNode[],
  { version, hypervisor }: InfrastructureOptions,
  signal: AbortSignal,
): Promise<void> {
  for (const node of nodes) {
    const dead = [...node.instances.values()].filter(({ id, state }) => isDead(id, state, hypervisor));
    for (const id of takeVictims(node, version)) await drop(node, id, hypervisor);
    // One boot after another, each waited for: requests that come meanwhile wait too.
    while (node.instances.size < node.target && !signal.aborted) await create(node, hypervisor, signal);
    // What died is replaced by the next pass.
    for (const { id } of dead) await drop(node, id, hypervisor);
  }
}

const isDead = (id: string, state: InstanceState, hypervisor: Hypervisor): boolean =>
  state === 'failed' || (state === 'ready' && !hypervisor.isRunning(id));

/** Settles the queued requests into the target, and tells which VMs have to go. */
function takeVictims(node: OccopusNode, version: OccopusVersion): readonly string[] {
  const asked = node.destroys.map((one) =>
    one === undefined ? undefined : findInstance(node, one, version),
  );
  // 1.10 throws away what names no VM; 1.5 lets it lower the target all the same.
  const counted = node.destroys.filter(
    (one, index) => version === '1.5' || one === undefined || asked[index] !== undefined,
  );
  const mixed = node.creates > 0 && counted.length > 0;
  node.target = clamp(node.target + node.creates - counted.length, node);
  node.creates = 0;
  // The defect: beside a create, a destroy is applied but not consumed, so the next pass applies it again.
  node.destroys = mixed ? counted : [];
  const surplus = Math.max(0, node.instances.size - node.target);
  const named = asked.filter((id) => id !== undefined);
  const ids = [...node.instances.keys()];
  const others = (version === '1.5' ? ids : ids.toReversed()).filter((id) => !named.includes(id));
  return [...new Set(named), ...others].slice(0, surplus);
}

/** By id; 1.10 also by address. */
function findInstance(node: OccopusNode, asked: string, version: OccopusVersion): string | undefined {
  if (node.instances.has(asked)) return asked;
  if (version === '1.5') return undefined;
  return [...node.instances.values()].find(({ addresses }) => addresses.includes(asked))?.id;
}

async function create(node: OccopusNode, hypervisor: Hypervisor, signal: AbortSignal): Promise<void> {
  const id = randomUUID();
  const instance: OccopusInstance = { id, addresses: [], state: 'pending' };
  node.instances.set(id, instance);
  const booted = hypervisor.boot({ id, node: node.name }).then(
    (addresses) => {
      Object.assign(instance, { addresses, state: 'ready' });
      return true;
    },
    () => {
      node.instances.delete(id);
      return false;
    },
  );
  const interrupted = new Promise<boolean>((resolve) => {
    signal.addEventListener('abort', () => resolve(true), { once: true });
  });
  if (!(await Promise.race([booted, interrupted]))) throw new Error(`VM ${id} did not boot`);
}

/** The VM stays listed while it is being stopped, and when that fails. */
async function drop(node: OccopusNode, id: string, hypervisor: Hypervisor): Promise<void> {
  await hypervisor.destroy(id);
  node.instances.delete(id);
}
