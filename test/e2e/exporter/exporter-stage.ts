/** A whole exporter over kernel files on disk and a fake engine that runs their two containers. */
import { systemClock } from '../../../internal/daemon/clock.ts';
import { eventually } from '../../eventually.ts';
import { type DockerEngineServer, startDockerEngineServer } from '../../fakes/docker-engine-server.ts';
import { FIXTURE_CONTAINER, type KernelTree, unpackKernelTree } from '../../fakes/kernel-tree.ts';
import { type RunningExporter, runExporter, sampleOf } from '../../fakes/running-exporter.ts';
import { createOpenParts } from '../../open-parts.ts';

export type ExporterStage = AsyncDisposable & {
  readonly tree: KernelTree;
  readonly engine: DockerEngineServer;
  start(...flags: readonly string[]): Promise<RunningExporter>;
};

export async function setExporterStage(): Promise<ExporterStage> {
  const parts = createOpenParts();
  const tree = unpackKernelTree('v1-separate');
  parts.defer(() => tree[Symbol.dispose]());
  const engine = parts.use(await startDockerEngineServer());
  engine.state.startContainer({ ...FIXTURE_CONTAINER.web, name: 'web' });
  engine.state.startContainer({ ...FIXTURE_CONTAINER.idle, name: 'idle' });
  return {
    tree,
    engine,
    start: async (...flags) => parts.use(await runExporter({ engine, tree, clock: systemClock, flags })),
    [Symbol.asyncDispose]: parts[Symbol.asyncDispose],
  };
}

/** The first scrape that has both containers. */
export const scrapeOfBoth = (exporter: RunningExporter): Promise<string> =>
  eventually('both are tracked', async () => {
    const text = await exporter.scrape();
    return sampleOf(text, 'micado_exporter_containers_tracked') === 2 ? text : undefined;
  });
