/** `micado decisions`: the last ones, and with `--follow` each one as it is made, across restarts of the executor. */
import { isAppError } from '../internal/daemon/app-error.ts';
import { createBackOff } from '../internal/daemon/back-off.ts';
import { followDecisions } from './adapters/decision-feed.ts';
import { createExecutorApi, type ExecutorAddress } from './adapters/executor-api.ts';
import { lookOf, type Terminal } from './adapters/stream-terminal.ts';
import { createDecisionTable } from './core/decision-table.ts';
import { type JournalledDecision, namedTarget } from './core/executor-answers.ts';
import { type ExecutorChoice, findExecutor } from './find-executor.ts';
import type { Surroundings } from './ports.ts';

export type DecisionsOptions = {
  /** A service, or a whole target; empty for all. */
  readonly target: string;
  readonly limit: number;
  readonly follow: boolean;
  readonly json: boolean;
};

type Around = Pick<Surroundings, 'clock' | 'signal'> & {
  readonly terminal: Terminal;
  /** For what is no decision. */
  stderr(text: string): void;
};

/** Where the executor is now: a stack that was started again may have other ports. */
type FindExecutor = () => Promise<ExecutorAddress>;

/** Fails with `AppError` where no stack runs, or its executor does not answer. */
export async function runDecisions(
  options: ExecutorChoice & DecisionsOptions,
  around: Around,
): Promise<void> {
  await showDecisions(() => findExecutor(options), options, around);
}

export async function showDecisions(
  executorNow: FindExecutor,
  { target: name, limit, follow, json }: DecisionsOptions,
  around: Around,
): Promise<void> {
  const { terminal } = around;
  const table = createDecisionTable();
  const print = (decisions: readonly JournalledDecision[]): void =>
    terminal.write(
      json
        ? decisions.map((one) => `${JSON.stringify(one)}\n`).join('')
        : table.rows(decisions, lookOf(terminal)),
    );
  const target = name === '' ? undefined : namedTarget(name);
  const last = await createExecutorApi(await executorNow()).listDecisions(target, limit);
  if (last.length > 0) print(last.toReversed());
  else if (!follow)
    around.stderr(`nothing was decided yet${target === undefined ? '' : ` about ${target}`}\n`);
  if (follow) await followFrom(last[0]?.id ?? 0, { executorNow, target, print }, around);
}

type Following = {
  readonly executorNow: FindExecutor;
  readonly target: string | undefined;
  print(decisions: readonly JournalledDecision[]): void;
};

/** Until the signal, or until nobody reads any more. */
async function followFrom(
  lastId: number,
  { executorNow, target, print }: Following,
  { terminal, clock, signal: interrupted, stderr }: Around,
): Promise<void> {
  const signal = AbortSignal.any([interrupted, terminal.closed]);
  const backOff = createBackOff({ firstMs: 500, maxMs: 5_000 });
  let afterId = lastId;
  let isAway = false;
  const onOpen = (): void => {
    backOff.reset();
    if (isAway) stderr('!! the executor is back\n');
    isAway = false;
  };
  while (!signal.aborted) {
    try {
      const executor = await executorNow();
      for await (const decision of followDecisions({ executor, target, afterId, signal, onOpen })) {
        if (decision.id <= afterId) continue;
        afterId = decision.id;
        print([decision]);
      }
    } catch (error) {
      if (!isAppError(error)) throw error;
      if (!isAway) stderr(`!! ${error.message}; trying again\n`);
      isAway = true;
    }
    await clock.sleep(backOff.nextMs(), signal);
  }
}
