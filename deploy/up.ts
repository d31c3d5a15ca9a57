/** `micado up`: the stack until Ctrl-C. */
import { DEFAULT_DOCKER_HOST } from '../internal/daemon/common-flags.ts';
import { describeNextSteps, describeParts, dockerCommandFor } from './core/describe-stack.ts';
import type { Surroundings } from './ports.ts';
import { type Stack, type StackOptions, startStack } from './stack.ts';

export async function runUp(options: StackOptions, around: Surroundings): Promise<void> {
  const { reporter, signal } = around;
  reporter.say('micado up: the whole stack on this machine');
  const stack = await startUnlessStopped(options, around);
  if (stack === undefined) {
    reporter.say('stopped on the way; what was started has ended');
    return;
  }
  reporter.say(`\n${describeParts(stack.parts)}`);
  reporter.say(
    describeNextSteps({
      dockerCommand: dockerCommandFor(options.dockerHost, DEFAULT_DOCKER_HOST),
      stateFolder: stack.layout.folder,
      policyFile: stack.layout.policyFile,
      servicesLeftAlone: stack.policy.servicesLeftAlone,
    }),
  );
  await aborted(signal);
  await reporter.step('stop', async () => {
    await stack.stop();
    return { value: undefined, done: 'all parts ended; the engine, the Swarm and your services go on' };
  });
}

/** After Ctrl-C whatever fails fails because of it. */
async function startUnlessStopped(options: StackOptions, around: Surroundings): Promise<Stack | undefined> {
  try {
    return await startStack(options, around);
  } catch (error) {
    if (around.signal.aborted) return undefined;
    throw error;
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
