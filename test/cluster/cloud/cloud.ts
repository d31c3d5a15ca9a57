/** A cloud under an Occopus, as micado meets them: the API is the stand-in's, each VM a real engine that joins the Swarm. */
import { systemClock } from '../../../internal/daemon/clock.ts';
import type { Hypervisor, OccopusVersion } from '../../fakes/occopus-infrastructure.ts';
import { type OccopusServer, startOccopusServer } from '../../fakes/occopus-server.ts';
import type { Cluster, EngineLimits } from '../cluster.ts';
import type { Engine } from '../engine.ts';
import { loadBusybox } from '../images.ts';
import { createEngineHypervisor, type EngineHypervisor } from './engine-hypervisor.ts';
import { runWorkerSteps } from './worker-steps.ts';

/** The limits are those of each VM: its cores are what all its containers share. */
export type WorkerHypervisorOptions = EngineLimits & {
  readonly cluster: Cluster;
  /** How long a VM takes before its engine is started. */
  readonly bootMs?: number;
  /** Whether a VM knows its id and labels its node with it; it does unless told otherwise. */
  readonly labelsVm?: boolean;
  /** What each VM's image has in store. */
  loadImages?(worker: Engine): Promise<unknown>;
};

export type CloudOptions = WorkerHypervisorOptions & {
  readonly occopusVersion?: OccopusVersion;
  readonly infraId?: string;
  /** Name of the node in the descriptor, which is the pool's. */
  readonly node?: string;
  readonly min?: number;
  readonly max?: number;
  /** Without it, nothing is maintained until somebody attaches the infrastructure. */
  readonly attached?: boolean;
  /** The pause between two passes: 10 s on the real thing. */
  readonly passMs?: number;
};

export type Cloud = AsyncDisposable &
  Omit<EngineHypervisor, keyof Hypervisor | 'stop'> & {
    /** For `--occopus.url`. */
    readonly url: string;
    readonly infraId: string;
    readonly node: string;
    /** Its faults, its calls, its restart. */
    readonly occopus: OccopusServer;
    /** Ends Occopus and all VMs. To be called before the cluster is stopped. */
    stop(): Promise<void>;
  };

/** Its VMs are engines of the cluster that join the Swarm as workers of the pool that they are booted for. */
export function createWorkerHypervisor(options: WorkerHypervisorOptions): EngineHypervisor {
  const { cluster, bootMs = 0, labelsVm = true, loadImages = loadBusybox } = options;
  const { cpuCores, genericResources } = options;
  return createEngineHypervisor({
    clock: systemClock,
    bootMs,
    startEngine: () =>
      cluster.addEngine({
        ...(cpuCores === undefined ? {} : { cpuCores }),
        ...(genericResources === undefined ? {} : { genericResources }),
      }),
    afterBoot: (engine, vm) =>
      runWorkerSteps(engine, {
        manager: cluster.manager,
        loadImages,
        pool: vm.node,
        vmId: labelsVm ? vm.id : undefined,
      }),
  });
}

export async function startCloud(options: CloudOptions): Promise<Cloud> {
  const { infraId = 'micado_worker_infra', node = 'worker', min = 1, max = 3 } = options;
  const hypervisor = createWorkerHypervisor(options);
  const occopus = await startOccopusServer({
    version: options.occopusVersion ?? '1.10',
    clock: systemClock,
    hypervisor,
    passMs: options.passMs ?? 1_000,
  });
  const infrastructure = occopus.addInfrastructure(infraId, [{ name: node, min, max }]);
  if (options.attached !== false) infrastructure.attach();
  const stop = async (): Promise<void> => {
    await occopus.stop();
    await hypervisor.stop();
  };
  return {
    ...hypervisor,
    url: occopus.url,
    infraId,
    node,
    occopus,
    stop,
    [Symbol.asyncDispose]: stop,
  };
}
