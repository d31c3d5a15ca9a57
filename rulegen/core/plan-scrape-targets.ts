/**
 * What Prometheus finds through rulegen: the exporters of pool nodes, and the tasks of services that have metrics of their
 * own. In the form of http_sd: always the full list, in a fixed order.
 */
import { POOL_NODE_LABEL } from '../../internal/contract/labels.ts';
import type { ResolvedSettings } from './resolve-settings.ts';
import type { ServiceFacts } from './service-facts.ts';

export type ScrapeNode = {
  readonly id: string;
  readonly hostname: string;
  readonly role: 'manager' | 'worker';
  readonly address: string;
  readonly state: string;
  readonly labels: Readonly<Record<string, string>>;
};

export type ScrapeTask = {
  readonly id: string;
  readonly serviceId: string;
  readonly slot: number;
  readonly nodeId: string;
  /** In networks of its own, without the mask; empty for host networking. */
  readonly addresses: readonly string[];
  readonly hostPorts: readonly { readonly target: number; readonly published: number }[];
};

export type ScrapeTarget = {
  readonly targets: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
};

export type ScrapedService = { readonly service: ServiceFacts; readonly settings: ResolvedSettings };

/** The job of the exporter that is scraped by itself: one expression finds all of them. */
const EXPORTER_JOB = 'exporter';

export const hasOwnMetrics = ({ settings }: ScrapedService): boolean =>
  settings.scrapePort.value !== undefined;

export function planScrapeTargets(
  nodes: readonly ScrapeNode[],
  services: readonly ScrapedService[],
  tasks: readonly ScrapeTask[],
  exporterPort: number,
): readonly ScrapeTarget[] {
  const exporters = nodes.flatMap(({ hostname, role, address, state, labels }) => {
    const pool = labels[POOL_NODE_LABEL] ?? '';
    // A manager is no worker of a pool, and its exporter is scraped already: twice would count its containers double.
    if (pool === '' || role === 'manager') return [];
    // A node that is down is no part of the pool's capacity, and would keep the pool from ever shrinking.
    if (address === '' || state === 'down') return [];
    const target = hostPort(address, exporterPort);
    return [{ targets: [target], labels: { job: EXPORTER_JOB, pool, node: hostname } }];
  });
  const nodeOf = new Map(nodes.map((node) => [node.id, node]));
  const own = services.flatMap(({ service, settings }) =>
    tasks
      .filter(({ serviceId }) => serviceId === service.id)
      .flatMap((task) => {
        const port = settings.scrapePort.value;
        const target = port === undefined ? undefined : taskAddress(task, nodeOf.get(task.nodeId), port);
        if (target === undefined) return [];
        const labels = {
          service: service.name,
          task: `${service.name}.${task.slot}`,
          node: nodeOf.get(task.nodeId)?.hostname ?? '',
          __metrics_path__: settings.scrapePath.value,
        };
        return [{ targets: [target], labels }];
      }),
  );
  return [...exporters, ...own].sort((a, b) => (orderOf(a) < orderOf(b) ? -1 : 1));
}

/** A port published on the node is reachable from everywhere; a network's address only from within it. */
function taskAddress(task: ScrapeTask, node: ScrapeNode | undefined, port: number): string | undefined {
  const published = task.hostPorts.find(({ target }) => target === port)?.published;
  const nodeAddress = node?.address ?? '';
  if (published !== undefined && nodeAddress !== '') return hostPort(nodeAddress, published);
  const address = task.addresses[0] ?? nodeAddress;
  return address === '' ? undefined : hostPort(address, port);
}

const hostPort = (host: string, port: number): string =>
  host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
const orderOf = ({ targets, labels }: ScrapeTarget): string => JSON.stringify([labels, targets]);
