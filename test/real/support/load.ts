/** Services that share one total load, as the demo has them: more replicas, less for each. */

import { createWorkServer } from '../../../deploy/demo/work-server.ts';
import type { Engine } from '../../cluster/engine.ts';
import { loadStress } from '../../cluster/images.ts';
import { createService } from './services.ts';

/** The limit of each replica, so that two tests at a time fit two cores. */
export const LIMIT_CORES = 0.2;

export type Load = {
  /** Creates a service whose replicas pull from this load. */
  createService(name: string, labels: Readonly<Record<string, string>>, replicas?: number): Promise<string>;
  /** Offers this many CPU-seconds per second to all services of this load together. */
  set(cores: number): void;
  stop(): Promise<void>;
};

export async function startLoad(engine: Engine): Promise<Load> {
  const image = await loadStress(engine);
  const work = await createWorkServer({ listenHost: engine.hostAddress, port: 0 });
  return {
    createService: (name, labels, replicas = 1) =>
      createService(engine, {
        name,
        image,
        labels,
        replicas,
        cpuLimitCores: LIMIT_CORES,
        env: { WORK_URL: work.url },
      }),
    set: (cores) => work.setLoad(cores),
    stop: () => work.stop(),
  };
}
