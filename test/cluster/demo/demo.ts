/** `micado demo --cluster`: MiCADO's testing chapter on a cluster of its own, watched and measured. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Terminal } from '../../../deploy/adapters/stream-terminal.ts';
import { stackOptions, upFlags } from '../../../deploy/config.ts';
import { createLiveDisplay } from '../../../deploy/demo/live-display.ts';
import { createWorkServer } from '../../../deploy/demo/work-server.ts';
import type { Surroundings } from '../../../deploy/ports.ts';
import { startStack } from '../../../deploy/stack.ts';
import { AppError } from '../../../internal/daemon/app-error.ts';
import { parseFlags } from '../../../internal/daemon/flags.ts';
import { EXIT } from '../../../internal/daemon/program.ts';
import { startProbe } from '../story/probe.ts';
import { APP_PATH, createServedApp } from '../story/served-app.ts';
import { type Stage, startStage, writePolicy } from '../story/stage.ts';
import { endpointsOf } from '../story/swarm-view.ts';
import { type ClusterResult, evaluateStory } from './core/evaluate-story.ts';
import { renderDisplay, renderResult } from './core/render-display.ts';
import { MAX_WORKERS, MIN_WORKERS, POOL, SERVED_REPLICAS } from './core/steps.ts';
import type { ClusterStory } from './core/story.ts';
import { createObserver } from './observe.ts';
import { playStory } from './play-story.ts';
import { createStressService, removeStressService, STRESS_CORES } from './stress-service.ts';

export type ClusterDemoOptions = { readonly json: boolean; readonly binFolder: string };

/** What all containers of a worker share: its CPU utilisation is measured against it. */
const WORKER_CORES = 0.5;
const BOOT_MS = 2_000;
const APP = { name: 'app', port: 8080, replicas: SERVED_REPLICAS, pool: POOL } as const;

/** The exit code: 0 only where each step of the story happened. Whatever it made is gone when it resolves. */
export async function runClusterDemo(
  options: ClusterDemoOptions,
  around: Surroundings,
  terminal: Terminal,
): Promise<number> {
  if (around.runner.rights !== 'root')
    throw new AppError('unavailable', 'the engines of the cluster need namespaces of their own: run as root');
  around.reporter.say('micado demo: a cluster that grows with its load, and shrinks without it');
  const result = await measure(options, around, terminal);
  terminal.write(`\n${renderResult(result)}`);
  if (options.json) terminal.write(`${JSON.stringify(result)}\n`);
  return result.ok ? EXIT.ok : EXIT.failed;
}

async function measure(
  options: ClusterDemoOptions,
  around: Surroundings,
  terminal: Terminal,
): Promise<ClusterResult> {
  const stateDir = await mkdtemp(join(tmpdir(), 'micado-cluster-demo-'));
  try {
    await using stage = await around.reporter.step('cluster', async () => ({
      value: await startStage({
        min: MIN_WORKERS,
        max: MAX_WORKERS,
        node: POOL,
        bootMs: BOOT_MS,
        cpuCores: WORKER_CORES,
      }),
      done: `a Swarm of one manager, and a cloud that boots ${MIN_WORKERS} to ${MAX_WORKERS} workers`,
    }));
    return evaluateStory(await playOn(stage, stateDir, options, around, terminal));
  } finally {
    await rm(stateDir, { recursive: true, force: true });
  }
}

async function playOn(
  stage: Stage,
  stateDir: string,
  { binFolder }: ClusterDemoOptions,
  around: Surroundings,
  terminal: Terminal,
): Promise<ClusterStory> {
  const { docker, cloud, cluster } = stage;
  const { infraId } = cloud;
  await writePolicy(stateDir, {
    node: POOL,
    infraId,
    min: MIN_WORKERS,
    max: MAX_WORKERS,
    scaleup: 80,
    scaledown: 15,
  });
  const stack = await startStack(upOptions(stage, stateDir, binFolder), around);
  try {
    await using work = await createWorkServer({ listenHost: cluster.manager.hostAddress, port: 0 });
    await createServedApp(docker, APP);
    const probe = startProbe({ endpoints: () => endpointsOf(docker, APP.name, APP.port, APP_PATH) });
    const url = (name: string): string => stack.parts.find((part) => part.name === name)?.url ?? '';
    const story = await playStory({
      createService: async () => {
        work.setLoad(STRESS_CORES);
        await createStressService(docker, stage.images.stress, work.url);
      },
      removeService: () => removeStressService(docker),
      destroy: async () => {
        await probe.stop();
        await destroyInfrastructure(around, stateDir, cloud);
      },
      observe: createObserver({
        docker,
        cloud,
        probe,
        app: APP.name,
        prometheusUrl: url('prometheus'),
        executorUrl: url('executor'),
        clock: around.clock,
      }),
      display: createLiveDisplay(terminal, renderDisplay),
      clock: around.clock,
      signal: around.signal,
    });
    await probe.stop();
    return story;
  } finally {
    await stack.stop();
  }
}

/** As a person would type them; every port is a free one. */
function upOptions({ cluster, cloud }: Stage, stateDir: string, binFolder: string) {
  const parsed = parseFlags(
    upFlags,
    [
      `--state.dir=${stateDir}`,
      `--docker.host=${cluster.manager.dockerHost}`,
      `--occopus.url=${cloud.url}`,
      ...(binFolder === '' ? [] : [`--bin.dir=${binFolder}`]),
      ...['prometheus', 'alertmanager', 'executor', 'rulegen', 'exporter'].map((part) => `--${part}.port=0`),
    ],
    {},
  );
  if (parsed.kind !== 'run') throw new AppError('internal', `flags of micado up: ${JSON.stringify(parsed)}`);
  return stackOptions(parsed.values, undefined);
}

async function destroyInfrastructure(
  { runner, distFolder }: Surroundings,
  stateDir: string,
  { infraId, url }: Stage['cloud'],
): Promise<void> {
  await runner.run(process.execPath, [
    join(distFolder, 'deploy/main.js'),
    'destroy',
    infraId,
    `--state.dir=${stateDir}`,
    `--occopus.url=${url}`,
  ]);
}
