/** A cloud whose VMs are engines of the test cluster. What a VM does after its boot goes on by itself. */
import type { Clock } from '../../../internal/daemon/clock.ts';
import type { Hypervisor } from '../../fakes/occopus-infrastructure.ts';
import type { Engine } from '../engine.ts';

export type CloudVm = { readonly id: string; readonly engine: Engine };

export type EngineHypervisor = Hypervisor & {
  /** Those that have an engine, whether the Swarm knows it or not. */
  vms(): readonly CloudVm[];
  failNextBoot(): void;
  /** The next VM boots well, and does nothing after that. */
  neverJoin(): void;
  setQuota(vms: number): void;
  /** The next VM to be stopped runs on, and Occopus is told that it failed. */
  failNextDestroy(): void;
  /** The VM is gone, and nobody asked for that. */
  vanish(id: string): Promise<void>;
  /** What went wrong after the boot of a VM that is still there. */
  problems(): readonly string[];
  /** Ends all VMs, those that are just booting too. */
  stop(): Promise<void>;
};

export type EngineHypervisorOptions = {
  readonly clock: Clock;
  /** How long a VM takes before its engine is started. */
  readonly bootMs: number;
  startEngine(): Promise<Engine>;
  afterBoot(engine: Engine, vm: { readonly id: string; readonly node: string }): Promise<void>;
};

type Outcome = 'joins' | 'never_joins' | 'fails';

export function createEngineHypervisor(options: EngineHypervisorOptions): EngineHypervisor {
  const { clock, bootMs, startEngine, afterBoot } = options;
  /** Undefined while the VM has no engine yet. */
  const vms = new Map<string, Engine | undefined>();
  const underWay = new Set<Promise<unknown>>();
  const problems: string[] = [];
  let quota = Number.POSITIVE_INFINITY;
  let next: Outcome = 'joins';
  let refuseDestroy = false;

  const remember = <T>(work: Promise<T>): Promise<T> => {
    const ended = work
      .catch(() => undefined)
      .then(() => {
        underWay.delete(ended);
      });
    underWay.add(ended);
    return work;
  };
  const powerOn = async (vm: { readonly id: string; readonly node: string }, outcome: Outcome) => {
    await clock.sleep(bootMs);
    if (outcome === 'fails') throw new Error('the boot failed');
    const engine = await startEngine();
    if (!vms.has(vm.id)) {
      await engine.stop();
      throw new Error('the VM was stopped while it booted');
    }
    vms.set(vm.id, engine);
    if (outcome === 'joins')
      void remember(
        afterBoot(engine, vm).catch((error: unknown) => {
          if (vms.has(vm.id)) problems.push(`${engine.name}: ${String(error)}`);
        }),
      );
    return [engine.address];
  };
  const powerOff = async (id: string): Promise<void> => {
    const engine = vms.get(id);
    vms.delete(id);
    await engine?.stop();
  };

  return {
    async boot(vm) {
      if (vms.size >= quota) throw new Error('the quota is used up');
      const outcome = next;
      next = 'joins';
      vms.set(vm.id, undefined);
      try {
        return await remember(powerOn(vm, outcome));
      } catch (error) {
        vms.delete(vm.id);
        throw error;
      }
    },
    async destroy(id) {
      if (refuseDestroy) {
        refuseDestroy = false;
        throw new Error('the cloud did not stop the VM');
      }
      await powerOff(id);
    },
    vanish: powerOff,
    isRunning: (id) => vms.has(id),
    vms: () => [...vms].flatMap(([id, engine]) => (engine === undefined ? [] : [{ id, engine }])),
    failNextBoot() {
      next = 'fails';
    },
    neverJoin() {
      next = 'never_joins';
    },
    setQuota(limit) {
      quota = limit;
    },
    failNextDestroy() {
      refuseDestroy = true;
    },
    problems: () => problems,
    async stop() {
      quota = 0;
      await Promise.all([...vms.keys()].map(powerOff));
      await Promise.all(underWay);
    },
  };
}
