/** The Consul agent that the parts register with, and by which Prometheus may find what it scrapes in the Swarm. */
import { CONSUL_METRICS_PATH, CONSUL_SERVICE } from '../../internal/contract/consul.ts';

export type ConsulAddress = {
  readonly url: string;
  /** Full path; empty for none. */
  readonly tokenFile: string;
  /** Prometheus asks Consul in place of rulegen. Not every build of it can: Debian's cannot. */
  readonly discovers: boolean;
};

/** What the template of `prometheus.yml` is given. */
export function consulInputs({ url, tokenFile }: ConsulAddress) {
  const { host, protocol } = new URL(url);
  return {
    server: host,
    scheme: protocol.slice(0, -1),
    tokenFile,
    // The workers' other name has the same addresses: scraped twice, they would count double.
    services: [CONSUL_SERVICE.appDockerCluster, CONSUL_SERVICE.scraped],
    labels: ['job', 'pool', 'node', 'service', 'task'],
    metricsPath: CONSUL_METRICS_PATH,
  };
}

export const consulFlags = ({ url, tokenFile }: ConsulAddress): readonly string[] => [
  `--consul.url=${url}`,
  ...(tokenFile === '' ? [] : [`--consul.token-file=${tokenFile}`]),
];
