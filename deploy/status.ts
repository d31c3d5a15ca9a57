/** `micado status`: the pools and services of a running stack, as rulegen and executor see them now. */
import { describeError } from '../internal/daemon/app-error.ts';
import type { Clock } from '../internal/daemon/clock.ts';
import { createExecutorApi, type ExecutorAddress, type ExecutorApi } from './adapters/executor-api.ts';
import { readJudgedServices } from './adapters/rulegen-api.ts';
import { describeStatus } from './core/describe-status.ts';
import { poolOfTarget, serviceTarget, type TargetAnswer } from './core/executor-answers.ts';
import type { Look } from './core/look.ts';
import {
  type JudgedService,
  lastDecisionOf,
  noticesOf,
  poolRow,
  type StackStatus,
  serviceRow,
} from './core/stack-status.ts';
import { type ExecutorChoice, executorOf, findStack, namedExecutor } from './find-executor.ts';

export type StatusOptions = ExecutorChoice & {
  /** Of the rulegen beside an executor that is named. */
  readonly rulegenUrl: string;
  readonly json: boolean;
};

/** Each explanation asks Docker: not too many at a time. */
const AT_A_TIME = 8;

/** The text to print. Fails with `AppError` where no stack runs, or its executor does not answer. */
export async function runStatus(options: StatusOptions, look: Look, clock: Clock): Promise<string> {
  const { executor, rulegenUrl, stateDir } = await findParts(options);
  const api = createExecutorApi(executor);
  const status = await readStackStatus(api, () => readJudgedServices(rulegenUrl), stateDir);
  return options.json ? `${JSON.stringify(status)}\n` : describeStatus(status, look, clock.now());
}

type FoundParts = {
  readonly executor: ExecutorAddress;
  readonly rulegenUrl: string;
  readonly stateDir: string | null;
};

async function findParts(options: StatusOptions): Promise<FoundParts> {
  const executor = namedExecutor(options);
  if (executor !== undefined) return { executor, rulegenUrl: options.rulegenUrl, stateDir: null };
  const stack = await findStack(options.stateDir);
  return { executor: executorOf(stack), rulegenUrl: stack.parts.rulegen.url, stateDir: stack.stateDir };
}

export async function readStackStatus(
  api: ExecutorApi,
  readServices: () => Promise<readonly JudgedService[]>,
  stateDir: string | null,
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
    state_dir: stateDir,
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
