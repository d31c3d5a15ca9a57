/**
 * What Prometheus scrapes in the Swarm, as services of Consul: the workers under the two names that MiCADO gave them, so that its
 * pages show them, and all else under a third. Labels travel as meta data; the template of prometheus.yml turns them back.
 */
import { CONSUL_METRICS_PATH, CONSUL_SERVICE, type ConsulService } from '../../internal/contract/consul.ts';
import { HTTP_PATH } from '../../internal/contract/ports.ts';
import type { ScrapeTarget } from './plan-scrape-targets.ts';

/** The key of the meta data by which rulegen knows what it has registered. */
const BY = 'registered_by';

export function planConsulServices(targets: readonly ScrapeTarget[]): readonly ConsulService[] {
  return targets.flatMap(({ targets: addresses, labels }) =>
    addresses.flatMap((address) => servicesAt(address, labels)),
  );
}

/** Also of an earlier rulegen, or of another one that reads the same Swarm. */
export const isRegisteredByRulegen = ({ meta }: Pick<ConsulService, 'meta'>): boolean =>
  meta[BY] === CONSUL_SERVICE.rulegen;

function servicesAt(target: string, labels: ScrapeTarget['labels']): readonly ConsulService[] {
  const place = /^\[?(.+?)\]?:(\d+)$/.exec(target);
  if (place === null) return [];
  const [, address = '', port = ''] = place;
  const { __metrics_path__: path, ...shown } = labels;
  const meta = {
    ...shown,
    ...(path === undefined || path === HTTP_PATH.metrics ? {} : { [CONSUL_METRICS_PATH]: path }),
    [BY]: CONSUL_SERVICE.rulegen,
  };
  const isWorker = labels['pool'] !== undefined;
  const names = isWorker
    ? [CONSUL_SERVICE.workerCluster, CONSUL_SERVICE.appDockerCluster]
    : [CONSUL_SERVICE.scraped];
  const check = isWorker
    ? ({ kind: 'http', url: `http://${target}${HTTP_PATH.healthy}` } as const)
    : ({ kind: 'tcp' } as const);
  return names.map((name) => ({
    id: `${name}-${address}-${port}`,
    name,
    address,
    port: Number(port),
    meta,
    check,
  }));
}
