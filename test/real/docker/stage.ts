/** Three nodes with what docker/ makes on them: images, a token, and ports for the test. */
import { join } from 'node:path';
import { type Cluster, startCluster } from '../../cluster/cluster.ts';
import { run } from '../../cluster/command.ts';
import { openTogether } from '../../open-parts.ts';
import { buildImages, imageTag, loadBases, loadMonitoring } from '../support/micado-images.ts';
import { dockerFile, furnishMachine, publishedPorts, type Tasks, type Variables } from './deployment.ts';

export type Stage = AsyncDisposable & {
  readonly cluster: Cluster;
  readonly folder: string;
  /** A stack file beside `stack.yaml`: all parts of the manager at its `url`. */
  readonly published: string;
  url(port: number): string;
  /** Where the manager has the files of a volume. */
  volume(name: string): string;
  /** What `stack.yaml` and `compose.yaml` are told of that version. */
  variables(version: string): Variables;
};

export const monitoring = (version: string) => ({
  prometheus: `offline/prometheus:${version}`,
  alertmanager: `offline/alertmanager:${version}`,
});

/** What `stack.yaml` runs on three nodes. */
export const stackTasks = (version: string): Tasks => ({
  micado_prometheus: { tasks: 1, image: monitoring(version).prometheus },
  micado_alertmanager: { tasks: 1, image: monitoring(version).alertmanager },
  micado_rulegen: { tasks: 1, image: imageTag('rulegen', version) },
  micado_executor: { tasks: 1, image: imageTag('executor', version) },
  micado_exporter: { tasks: 3, image: imageTag('exporter', version) },
});

export const STAGE_OPENS_WITHIN_MS = 300_000;

/** The images of the version are on the manager. */
export async function openStage(version: string): Promise<Stage> {
  return await openTogether(async (parts) => {
    const folder = parts.folder('micado-docker-');
    const cluster = parts.use(await startCluster({ workers: 2 }));
    const { manager, workers } = cluster;
    await loadBases(manager);
    await buildImages(manager, version);
    await loadMonitoring(manager, monitoring(version));
    for (const engine of [manager, ...workers]) await furnishMachine(engine);
    const tokenFile = join(folder, 'secrets/token');
    await run('sh', [dockerFile('new-token.sh'), tokenFile]);
    return {
      cluster,
      folder,
      published: await publishedPorts(folder),
      url: (port: number) => `http://${manager.address}:${port}`,
      volume: (name: string) => join(manager.folder, 'data/volumes', name, '_data'),
      variables: (of: string) => ({
        MICADO_VERSION: of,
        MICADO_PROMETHEUS_IMAGE: monitoring(of).prometheus,
        MICADO_ALERTMANAGER_IMAGE: monitoring(of).alertmanager,
        MICADO_TOKEN_FILE: tokenFile,
      }),
    };
  });
}
