/** Names under which Consul knows the parts, as MiCADO's did where it had them, and what is registered of each. */
import { WORKER_CLUSTER } from './alerts.ts';

export const CONSUL_SERVICE = {
  executor: 'prometheus_executor',
  rulegen: 'micado_rulegen',
  exporter: 'micado_exporter',
  /** The workers' exporters, as machines and as places of containers: MiCADO had an exporter for each. */
  workerCluster: WORKER_CLUSTER,
  appDockerCluster: 'app_docker_cluster',
  /** All else that Prometheus scrapes in the Swarm. */
  scraped: 'micado_scraped',
} as const;

/** Key of the service's meta data that holds the path of its metrics, where that is not `/metrics`. */
export const CONSUL_METRICS_PATH = 'metrics_path';

export type ConsulService = {
  /** Unique per agent; what is registered under the same id is replaced. */
  readonly id: string;
  readonly name: string;
  readonly address: string;
  readonly port: number;
  readonly meta: Readonly<Record<string, string>>;
  /** What the agent asks, by itself: it must be able to reach it. */
  readonly check: { readonly kind: 'http'; readonly url: string } | { readonly kind: 'tcp' };
};
