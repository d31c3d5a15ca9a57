/** `micado why <service>`: all that the executor of a running stack knows of a service or a pool, and what it would take. */
import { resolve } from 'node:path';
import { AppError } from '../internal/daemon/app-error.ts';
import type { Clock } from '../internal/daemon/clock.ts';
import { explainAtExecutor } from './adapters/executor-api.ts';
import { readStackFile } from './adapters/stack-file.ts';
import { describeWhy } from './core/describe-why.ts';
import { namedTarget } from './core/executor-answers.ts';
import { parseExplainedTarget } from './core/explained-target.ts';
import type { Look } from './core/look.ts';
import { layOutStack } from './core/stack-layout.ts';

export type WhyOptions = {
  readonly stateDir: string;
  /** A service, or the key of any target: `VM/<infra>/<node>`. */
  readonly name: string;
  readonly json: boolean;
  readonly look: Look;
};

/** The text to print. Fails with `AppError` where no stack runs, or its executor does not know the target. */
export async function runWhy(options: WhyOptions, clock: Clock): Promise<string> {
  const { folder, stackFile } = layOutStack(resolve(options.stateDir));
  const stack = await readStackFile(stackFile);
  if (stack === undefined) throw new AppError('not_found', `no stack runs in ${folder}`);
  return await explainWhy(stack.parts.executor.url, options, clock);
}

export async function explainWhy(
  executorUrl: string,
  { name, json, look }: Omit<WhyOptions, 'stateDir'>,
  clock: Clock,
): Promise<string> {
  const answer = await explainAtExecutor(executorUrl, namedTarget(name));
  if (json) return `${JSON.stringify(answer)}\n`;
  const explained = parseExplainedTarget(answer);
  if (explained === undefined)
    throw new AppError('unavailable', `${executorUrl}: the explanation is not the executor’s`);
  return describeWhy(explained, look, clock.now());
}
