/** cAdvisor as it comes, and as somebody who wants little from it would run it. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Engine } from '../../cluster/engine.ts';
import { eventually } from '../../eventually.ts';
import { type CadvisorProgram, startCadvisor } from '../../real/support/real-cadvisor.ts';
import { createScrapeClient } from './scrape-client.ts';
import type { Subject } from './subject.ts';

export const AS_IT_COMES: readonly string[] = [];

/**
 * The least work that still gives the families of CPU, memory, network and block I/O: containers only, no labels but
 * those of Swarm, its own reading no oftener than it is scraped, a short memory, and everything that can be off is off.
 */
export const TUNED: readonly string[] = [
  '--docker_only=true',
  '--store_container_labels=false',
  '--whitelisted_container_labels=com.docker.swarm.service.name,com.docker.swarm.service.id,com.docker.swarm.task.name,com.docker.swarm.node.id',
  '--housekeeping_interval=15s',
  '--max_housekeeping_interval=15s',
  '--global_housekeeping_interval=5m',
  '--storage_duration=30s',
  '--disable_metrics=accelerator,advtcp,cpu_topology,disk,hugetlb,memory_numa,percpu,process,referenced_memory,resctrl,sched,tcp,udp',
];

/** After its first look at all containers it slows down by itself. */
const REST_MS = 10_000;

/** When it has found all sleepers and come to rest. */
export async function startCadvisorSubject(
  program: CadvisorProgram & { readonly kind: 'found' },
  engine: Engine,
  containers: number,
  flags: readonly string[],
): Promise<Subject & AsyncDisposable> {
  const cadvisor = await startCadvisor({ path: program.path, dockerHost: engine.dockerHost, flags });
  const client = createScrapeClient(cadvisor.url);
  const dispose = async (): Promise<void> => {
    client[Symbol.dispose]();
    await cadvisor.stop();
  };
  try {
    await eventually(
      'cAdvisor has all containers',
      async () =>
        (await cadvisor.scrape()).match(/^container_last_seen\{.*sleeper-/gm)?.length === containers,
      { withinMs: 60_000, everyMs: 1_000 },
    );
    await delay(REST_MS);
    return { pid: cadvisor.pid, client, [Symbol.asyncDispose]: dispose };
  } catch (error) {
    await dispose();
    throw error;
  }
}
