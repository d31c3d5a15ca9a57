/** What the stories of workers play on: a Swarm whose only manager runs no tasks, and a cloud that boots its workers. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type Docker from 'dockerode';
import { loadLocalImage } from '../../../deploy/demo/local-image.ts';
import { type Cloud, type CloudOptions, startCloud } from '../cloud/cloud.ts';
import { type Cluster, startCluster } from '../cluster.ts';
import type { Engine } from '../engine.ts';
import { loadBusybox, loadStress } from '../images.ts';
import { servedImage } from './served-app.ts';
import { listNodes, setAvailability } from './swarm-view.ts';

export type Stage = AsyncDisposable & {
  readonly cluster: Cluster;
  readonly cloud: Cloud;
  /** The manager's engine. */
  readonly docker: Docker;
  /** Loaded into the manager's engine: their ids, by which services are created. */
  readonly images: { readonly busybox: string; readonly stress: string };
};

export type StageOptions = Omit<CloudOptions, 'cluster' | 'loadImages'> & {
  /** What each worker has in store beside the images of the stories. */
  loadMore?(worker: Engine): Promise<unknown>;
};

export async function startStage({ loadMore, ...options }: StageOptions): Promise<Stage> {
  const cluster = await startCluster({ workers: 0 });
  try {
    const { manager } = cluster;
    const served = await servedImage();
    const loadImages = async (engine: Engine): Promise<void> => {
      await Promise.all([loadBusybox(engine), loadStress(engine), loadLocalImage(engine.docker, served)]);
      await loadMore?.(engine);
    };
    await loadImages(manager);
    for (const node of await listNodes(manager.docker)) await setAvailability(manager.docker, node, 'drain');
    const cloud = await startCloud({ ...options, cluster, loadImages });
    return {
      cluster,
      cloud,
      docker: manager.docker,
      images: { busybox: await loadBusybox(manager), stress: await loadStress(manager) },
      async [Symbol.asyncDispose]() {
        await cloud.stop();
        await cluster.stop();
      },
    };
  } catch (error) {
    await cluster.stop();
    throw error;
  }
}

export type PoolPolicy = {
  readonly node: string;
  readonly infraId: string;
  readonly min: number;
  readonly max: number;
  readonly scaleup: number;
  readonly scaledown: number;
};

/** Written before `micado up`, which keeps a policy that is there. The waits are those of a test. */
export async function writePolicy(stateDir: string, pool: PoolPolicy): Promise<void> {
  const { node, infraId, min, max, scaleup, scaledown } = pool;
  await mkdir(stateDir, { recursive: true });
  await writeFile(
    join(stateDir, 'policy.yaml'),
    `defaults: { scale: true }
workers:
  - name: ${node}
    infra: ${infraId}
    min: ${min}
    max: ${max}
    scaleup: { threshold: ${scaleup}, for: 2s, cooldown: 4s }
    scaledown: { threshold: ${scaledown}, for: 4s, cooldown: 4s }
`,
  );
}

/** The executor's waits, shortened: what takes minutes in a cloud takes seconds here. */
export const QUICK_EXECUTOR = {
  MICADO_WORKER_POLL: '1s',
  MICADO_WORKER_GRACE: '1s',
  MICADO_WORKER_BOOT_DEADLINE: '40s',
  MICADO_WORKER_DRAIN_DEADLINE: '40s',
  MICADO_WORKER_STALE_AFTER: '5s',
  MICADO_POLL_INTERVAL: '2s',
} as const;
