/** Puts the exporter together out of its parts. */
import { CONSUL_SERVICE } from '../internal/contract/consul.ts';
import type { Clock } from '../internal/daemon/clock.ts';
import { createConsulSelf } from '../internal/daemon/consul-self.ts';
import { openHttpListener } from '../internal/daemon/http-listener.ts';
import type { Logger } from '../internal/daemon/logger.ts';
import type { Actor } from '../internal/daemon/run-group.ts';
import { parseDockerHost } from '../internal/docker/docker-host.ts';
import { findObstacles } from './adapters/find-obstacles.ts';
import { COLLECTOR_NAMES, type ExporterConfig, enabledCollectors } from './config.ts';
import { createEngineEvents } from './engine-events.ts';
import { createExporterHttp } from './http.ts';
import { createExporterCounts } from './metrics.ts';
import { openParts } from './open-parts.ts';

export type ExporterSurroundings = {
  readonly clock: Clock;
  readonly logger: Logger;
  /** `DOCKER_CERT_PATH` where TLS is asked for. */
  readonly certFolder: string | undefined;
};

export type Exporter = { readonly actors: readonly Actor[]; readonly url: string };

export async function createExporter(
  config: ExporterConfig,
  { clock, logger, certFolder }: ExporterSurroundings,
): Promise<Exporter> {
  const enabled = enabledCollectors(config);
  const counts = createExporterCounts(enabled);
  const host = parseDockerHost(config['docker.host'], certFolder);
  const places = { host, procfs: config['path.procfs'], cgroup: config['path.cgroup'] };
  for (const obstacle of findObstacles(places)) logger.warn('not readable', obstacle);
  const { containers, stats, swarm, text } = openParts({ config, enabled, host, counts, clock, logger });
  const watchesSwarm = enabled.includes('swarm');
  const events = createEngineEvents({ host, clock, logger, counts, containers, swarm, watchesSwarm });
  const listener = await openHttpListener({
    listenAddress: config['web.listen-address'],
    webConfigFile: config['web.config.file'],
    allowedHosts: config['web.allowed-host'],
    logger,
    handler: createExporterHttp({
      texts: {
        scrape: ({ collectors, deadlineMs }) =>
          text.make({
            nowSeconds: clock.now() / 1000,
            wants: (name) => collectors.includes(name),
            deadlineMs,
          }),
        leave: () => text.leave(),
        takeBack: (left) => text.takeBack(left),
      },
      collectors: { enabled, known: COLLECTOR_NAMES },
      notReady: () =>
        containers.listed() ? [] : ['the containers have not been listed: Docker has not answered yet'],
      reload: () => containers.relist(),
      logger,
    }),
  });
  const { url } = listener;
  const consul = createConsulSelf({ name: CONSUL_SERVICE.exporter, config, url, clock, logger });
  counts.consulIsUp = consul?.isUp;
  const swarmActors = watchesSwarm ? [swarm.actor] : [];
  const consulActors = consul === undefined ? [] : [consul.actor];
  return {
    url,
    actors: [events, containers.actor, stats.actor, ...swarmActors, ...consulActors, listener.actor],
  };
}
