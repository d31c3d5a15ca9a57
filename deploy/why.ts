/** `micado why <service>`: all that the executor of a running stack knows of a service or a pool, and what it would take. */
import { AppError } from '../internal/daemon/app-error.ts';
import type { Clock } from '../internal/daemon/clock.ts';
import { type ExecutorAddress, explainAtExecutor } from './adapters/executor-api.ts';
import { describeWhy } from './core/describe-why.ts';
import { namedTarget } from './core/executor-answers.ts';
import { parseExplainedTarget } from './core/explained-target.ts';
import type { Look } from './core/look.ts';
import { type ExecutorChoice, findExecutor } from './find-executor.ts';

export type WhyOptions = {
  /** A service, or the key of any target: `VM/<infra>/<node>`. */
  readonly name: string;
  readonly json: boolean;
  readonly look: Look;
};

/** The text to print. Fails with `AppError` where no stack runs, or its executor does not know the target. */
export async function runWhy(options: ExecutorChoice & WhyOptions, clock: Clock): Promise<string> {
  return await explainWhy(await findExecutor(options), options, clock);
}

export async function explainWhy(
  executor: ExecutorAddress,
  { name, json, look }: WhyOptions,
  clock: Clock,
): Promise<string> {
  const answer = await explainAtExecutor(executor, namedTarget(name));
  if (json) return `${JSON.stringify(answer)}\n`;
  const explained = parseExplainedTarget(answer);
  if (explained === undefined)
    throw new AppError('unavailable', `${executor.url}: the explanation is not the executor’s`);
  return describeWhy(explained, look, clock.now());
}
