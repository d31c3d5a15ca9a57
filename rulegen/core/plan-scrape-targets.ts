/**
 * What Prometheus finds through rulegen: the exporters of pool nodes, the parts of the stack that run as services, and the
 * tasks of services that have metrics of their own. In the form of http_sd: always the full list, in a fixed order.
 */
import { POOL_NODE_LABEL, STACK_PART_LABEL } from '../../internal/contract/labels.ts';
import { hostAndPort } from '../../internal/contract/ports.ts';
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

/** The job of every exporter, whoever runs it: one expression finds all of them. It is also the name of that part. */
const EXPORTER_JOB = 'exporter';

export const hasOwnMetrics = ({ settings }: ScrapedService): boolean =>
  settings.scrapePort.value !== undefined;

export function planScrapeTargets(
  nodes: readonly ScrapeNode[],
  services: readonly ScrapedService[],
  tasks: readonly ScrapeTask[],
  exporterPort: number,
): readonly ScrapeTarget[] {
  const nodeOf = new Map(nodes.map((node) => [node.id, node]));
  const found = services.flatMap((scraped) =>
    tasks
      .filter(({ serviceId }) => serviceId === scraped.service.id)
      .flatMap((task) => taskTarget(scraped, task, nodeOf.get(task.nodeId))),
  );
  // Scraped twice, a node's containers would count double.
  const served = new Set(
    found.filter(({ labels }) => labels['job'] === EXPORTER_JOB).map(({ labels }) => labels['node']),
  );
  const exporters = nodes
    .filter(({ hostname }) => !served.has(hostname))
    .flatMap((node) => nodeExporter(node, exporterPort));
  return [...exporters, ...found].sort((a, b) => (orderOf(a) < orderOf(b) ? -1 : 1));
}

/** The exporter that a worker of a pool runs by itself, since its boot. */
function nodeExporter(node: ScrapeNode, port: number): readonly ScrapeTarget[] {
  const pool = poolOf(node);
  // A node that is down is no part of the pool's capacity, and would keep the pool from ever shrinking.
  if (pool === undefined || node.address === '' || node.state === 'down') return [];
  return [
    { targets: [hostAndPort(node.address, port)], labels: { job: EXPORTER_JOB, pool, node: node.hostname } },
  ];
}

function taskTarget(
  { service, settings }: ScrapedService,
  task: ScrapeTask,
  node: ScrapeNode | undefined,
): readonly ScrapeTarget[] {
  const port = settings.scrapePort.value;
  // Of a node that is down the Swarm still lists tasks as running for a while.
  const target = port === undefined || node?.state === 'down' ? undefined : taskAddress(task, node, port);
  if (target === undefined) return [];
  const hostname = node?.hostname ?? '';
  const part = service.labels[STACK_PART_LABEL];
  const labels = {
    ...(part === EXPORTER_JOB
      ? exporterLabels(node)
      : { service: service.name, task: nameOf(service, task, hostname) }),
    ...(part === undefined ? {} : { job: part }),
    node: hostname,
    __metrics_path__: settings.scrapePath.value,
  };
  return [{ targets: [target], labels }];
}

/** As those of an exporter that its node runs: rules cannot tell them apart. */
function exporterLabels(node: ScrapeNode | undefined): Readonly<Record<string, string>> {
  const pool = node === undefined ? undefined : poolOf(node);
  return pool === undefined ? {} : { pool };
}

/** A manager is no worker of a pool. */
function poolOf({ role, labels }: ScrapeNode): string | undefined {
  return role === 'manager' ? undefined : labels[POOL_NODE_LABEL] || undefined;
}

/** A global service has no slots: its tasks go by their nodes. */
const nameOf = ({ name }: ServiceFacts, { slot }: ScrapeTask, hostname: string): string =>
  `${name}.${slot === 0 ? hostname : slot}`;

/** A port published on the node is reachable from everywhere; a network's address only from within it. */
function taskAddress(task: ScrapeTask, node: ScrapeNode | undefined, port: number): string | undefined {
  const published = task.hostPorts.find(({ target }) => target === port)?.published;
  const nodeAddress = node?.address ?? '';
  if (published !== undefined && nodeAddress !== '') return hostAndPort(nodeAddress, published);
  const address = task.addresses[0] ?? nodeAddress;
  return address === '' ? undefined : hostAndPort(address, port);
}

const orderOf = ({ targets, labels }: ScrapeTarget): string => JSON.stringify([labels, targets]);
