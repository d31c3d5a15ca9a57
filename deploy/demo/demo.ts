/** `micado demo`: the whole loop on a service of its own, watched and measured. */
import { resolve } from 'node:path';
import type Docker from 'dockerode';
import { AppError } from '../../internal/daemon/app-error.ts';
import { EXIT } from '../../internal/daemon/program.ts';
import { createDockerClient } from '../../internal/docker/docker-client.ts';
import { parseDockerHost } from '../../internal/docker/docker-host.ts';
import { readStackFile, type StackFile } from '../adapters/stack-file.ts';
import type { Terminal } from '../adapters/stream-terminal.ts';
import { layOutStack } from '../core/stack-layout.ts';
import type { Surroundings } from '../ports.ts';
import { startStack } from '../stack.ts';
import { findStaticBusybox } from './busybox.ts';
import type { DemoOptions } from './config.ts';
import { type DemoResult, evaluateStory } from './core/evaluate-story.ts';
import { renderDisplay, renderResult } from './core/render-display.ts';
import {
  createDemoService,
  LIMIT_CORES,
  labelsForPolicy,
  newServiceName,
  removeDemoService,
  removeLeftovers,
} from './demo-service.ts';
import { createLiveDisplay } from './live-display.ts';
import { createObserver } from './observe.ts';
import { playStory } from './play-story.ts';
import { loadStressImage } from './stress-image.ts';
import { createWorkServer } from './work-server.ts';

/** The exit code: 0 only where each step of the story happened. Whatever it made is gone when it resolves. */
export async function runDemo(
  options: DemoOptions,
  around: Surroundings,
  terminal: Terminal,
): Promise<number> {
  around.reporter.say('micado demo: a service under load, scaled up, scaled down, removed');
  const result = await measure(options, around, terminal);
  terminal.write(`\n${renderResult(result)}`);
  if (options.json) terminal.write(`${JSON.stringify(result)}\n`);
  return result.ok ? EXIT.ok : EXIT.failed;
}

async function measure(options: DemoOptions, around: Surroundings, terminal: Terminal): Promise<DemoResult> {
  await using stack = await useStack(options, around);
  return evaluateStory(await playOn(stack.file, options, around, terminal));
}

type UsedStack = AsyncDisposable & { readonly file: StackFile };

/** The stack that runs in this state folder, else one that is started for the demo and stopped after it. */
async function useStack({ stack: options }: DemoOptions, around: Surroundings): Promise<UsedStack> {
  const { stackFile } = layOutStack(resolve(options.stateDir));
  const running = await readStackFile(stackFile);
  if (running !== undefined) {
    around.reporter.say(`the stack of ${running.stateDir} runs already`);
    return { file: running, async [Symbol.asyncDispose]() {} };
  }
  const started = await startStack(options, around);
  const file = await readStackFile(stackFile);
  if (file === undefined) {
    await started.stop();
    throw new AppError('internal', `${stackFile} does not describe the stack that was started`);
  }
  return { file, [Symbol.asyncDispose]: () => started.stop() };
}

async function playOn(stack: StackFile, options: DemoOptions, around: Surroundings, terminal: Terminal) {
  const { clock, signal } = around;
  const docker = createDockerClient(parseDockerHost(stack.dockerHost, options.stack.dockerCertFolder));
  const imageId = await prepareImage(docker, stack, options, around);
  await using work = await createWorkServer({ listenHost: options.workListenHost, port: 0 });
  const name = newServiceName();
  const observe = createObserver({
    docker,
    prometheusUrl: stack.parts.prometheus.url,
    executorUrl: stack.parts.executor.url,
    service: name,
    limitCores: LIMIT_CORES,
    windowMs: 3 * stack.scrapeIntervalMs,
    clock,
  });
  const labels = await labelsForPolicy(layOutStack(stack.stateDir).policyFile);
  try {
    return await playStory({
      service: name,
      create: () => createDemoService(docker, { name, imageId, workUrl: work.url, labels }),
      remove: () => removeDemoService(docker, name),
      setLoad: (limits) => work.setLoad(limits * LIMIT_CORES),
      observe,
      display: createLiveDisplay(terminal, renderDisplay),
      clock,
      signal,
    });
  } finally {
    await removeDemoService(docker, name);
  }
}

async function prepareImage(
  docker: Docker,
  stack: StackFile,
  options: DemoOptions,
  { reporter, runner }: Surroundings,
): Promise<string> {
  return await reporter.step('image', async (progress) => {
    const leftovers = await removeLeftovers(docker);
    const busybox = await findStaticBusybox({
      runner,
      binFolder: options.stack.binFolder,
      packagesFolder: layOutStack(stack.stateDir).packagesFolder,
      progress,
    });
    const value = await loadStressImage(docker, busybox);
    const removed =
      leftovers.length === 0 ? '' : `; removed what a killed demo left: ${leftovers.join(', ')}`;
    return { value, done: `stress image made here from ${busybox}${removed}` };
  });
}
