/** What exporters would say of services that have no containers here: CPU of two tasks each, and their replicas. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const TASKS = 2;
const CORES_USED_EACH = 0.1;

export type MadeUpSeries = AsyncDisposable & {
  /** `host:port`. */
  readonly address: string;
};

export async function serveMadeUpSeries(services: readonly string[]): Promise<MadeUpSeries> {
  const server = createServer((_request, response) => response.end(expositionOf(services, Date.now())));
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    address: `127.0.0.1:${port}`,
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function expositionOf(services: readonly string[], nowMs: number): string {
  const nowS = nowMs / 1_000;
  const lines = services.flatMap((service) => [
    `swarm_service_replicas_desired{service_name="${service}"} ${TASKS}`,
    `swarm_service_replicas_running{service_name="${service}"} ${TASKS}`,
    ...Array.from({ length: TASKS }, (_, task) => {
      const labels = `id="/docker/${service}-${task}",container_label_com_docker_swarm_service_name="${service}"`;
      return [
        `container_cpu_usage_seconds_total{${labels}} ${nowS * CORES_USED_EACH}`,
        `container_last_seen{${labels}} ${nowS}`,
      ];
    }).flat(),
  ]);
  return `${lines.join('\n')}\n`;
}
