/** `micado status`: the pools and services of a running stack, as rulegen and executor see them now. */
import { resolve } from 'node:path';
import { AppError, describeError } from '../internal/daemon/app-error.ts';
import type { Clock } from '../internal/daemon/clock.ts';
import { createExecutorApi, type ExecutorApi } from './adapters/executor-api.ts';
import { readJudgedServices } from './adapters/rulegen-api.ts';
import { readStackFile } from './adapters/stack-file.ts';
import { describeStatus } from './core/describe-status.ts';
import { poolOfTarget, serviceTarget, type TargetAnswer } from './core/executor-answers.ts';
import type { Look } from './core/look.ts';
import { layOutStack } from './core/stack-layout.ts';
import {
  type JudgedService,
  lastDecisionOf,
  noticesOf,
  poolRow,
  type StackStatus,
  serviceRow,
} from './core/stack-status.ts';

export type StatusOptions = { readonly stateDir: string; readonly json: boolean };

/** Each explanation asks Docker: not too many at a time. */
const AT_A_TIME = 8;

/** The text to print. Fails with `AppError` where no stack runs, or its executor does not answer. */
export async function runStatus(
  { stateDir, json }: StatusOptions,
  look: Look,
  clock: Clock,
): Promise<string> {
  const { folder, stackFile } = layOutStack(resolve(stateDir));
  const stack = await readStackFile(stackFile);
  if (stack === undefined) throw new AppError('not_found', `no stack runs in ${folder}`);
  const { executor, rulegen } = stack.parts;
  const api = createExecutorApi(executor.url, stack.tokenFile);
  const status = await readStackStatus(api, () => readJudgedServices(rulegen.url), folder);
  return json ? `${JSON.stringify(status)}\n` : describeStatus(status, look, clock.now());
}

export async function readStackStatus(
  api: ExecutorApi,
  readServices: () => Promise<readonly JudgedService[]>,
  stateFolder: string,
): Promise<StackStatus> {
  const [executor, targets, judged] = await Promise.all([
    api.readStatus(),
    api.listTargets(),
    readServices().then(
      (services) => ({ services, notices: [] }),
      (error: unknown) => ({ services: [], notices: [`rulegen: ${describeError(error)}`] }),
    ),
  ]);
  const pools = targets.filter(({ target }) => poolOfTarget(target) !== undefined);
  return {
    state_dir: stateFolder,
    pools: (await inBatches(pools, ({ target }) => readPool(api, target, targets))).flat(),
    services: await inBatches(judged.services, (service) => readService(api, service, targets)),
    notices: [...noticesOf(executor), ...judged.notices],
  };
}

async function readPool(api: ExecutorApi, target: string, targets: readonly TargetAnswer[]) {
  const row = poolRow(target, await api.explain(target), lastDecisionOf(targets, target));
  return row === undefined ? [] : [row];
}

async function readService(api: ExecutorApi, service: JudgedService, targets: readonly TargetAnswer[]) {
  const target = serviceTarget(service.name);
  return serviceRow(service, await api.explain(target), lastDecisionOf(targets, target));
}

async function inBatches<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<readonly R[]> {
  const results: R[] = [];
  for (let from = 0; from < items.length; from += AT_A_TIME)
    results.push(...(await Promise.all(items.slice(from, from + AT_A_TIME).map(work))));
  return results;
}
