/** `GET /sd`: nodes and tasks as they are now. There are no events for tasks, so they are asked for at each request. */
import { AppError } from '../internal/daemon/app-error.ts';
import { hasOwnMetrics, planScrapeTargets, type ScrapeTarget } from './core/plan-scrape-targets.ts';
import type { SwarmLister } from './ports.ts';
import type { RulegenStatus } from './status.ts';

export async function readScrapeTargets(
  swarm: SwarmLister,
  status: RulegenStatus,
  exporterPort: number,
): Promise<readonly ScrapeTarget[]> {
  if (status.listedAtMs === undefined)
    throw new AppError('unavailable', 'the services of the Swarm are not listed yet');
  const services = status.services.filter(hasOwnMetrics);
  const [nodes, tasks] = await Promise.all([
    swarm.listNodes(),
    services.length === 0 ? [] : swarm.listTasks(services.map(({ service }) => service.id)),
  ]);
  return planScrapeTargets(nodes, services, tasks, exporterPort);
}
