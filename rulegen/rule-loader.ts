/**
 * Makes one Prometheus run the rule files, and makes sure that it does. State moves on success only: until the server was
 * seen to run exactly these files, each pass tries again. A reload costs alerts, so it happens only when files differ.
 */
import { createHash } from 'node:crypto';
import { AppError, describeError } from '../internal/daemon/app-error.ts';
import type { Clock } from '../internal/daemon/clock.ts';
import type { Logger } from '../internal/daemon/logger.ts';
import type { RuleDifference } from './core/compare-rules.ts';
import { type EvaluationState, judgeEvaluations } from './core/judge-evaluations.ts';
import { judgeServerFlags } from './core/judge-server-flags.ts';
import type { RuleFile } from './core/rule-file.ts';
import type { RulegenMetrics } from './metrics.ts';
import type { ConfigState, RulePrometheus } from './ports.ts';
import { readDifferences } from './read-differences.ts';
import { reloadPrometheus } from './reload-prometheus.ts';

export type LoadResult =
  | { readonly kind: 'verified' }
  | { readonly kind: 'refused'; readonly message: string };

export type RuleLoader = {
  readonly url: string;
  /** @param ignored files under our names that are not ours. Throws `AppError` when the server cannot be made to run these. */
  load(wanted: readonly RuleFile[], ignored: ReadonlySet<string>): Promise<LoadResult>;
  /** Those of these files that the server runs now, whatever else it runs. Throws `AppError` unavailable. */
  running(wanted: readonly RuleFile[], ignored: ReadonlySet<string>): Promise<ReadonlySet<string>>;
  answers(): Promise<boolean>;
  /** Whether a reload of what is in the folder now succeeds. */
  accepts(): Promise<boolean>;
  /** Looks how the rules fare that it was last seen to run. */
  readEvaluations(): Promise<EvaluationState>;
  readonly state: LoaderState;
};

export type LoaderState = {
  verifiedAtMs: number | undefined;
  /** Why the server is not known to run the rules; undefined when it is. */
  problem: string | undefined;
  /** What makes the server answer late, or not start again. */
  warnings: readonly string[];
  evaluation: EvaluationState;
};

export type RuleLoaderOptions = {
  readonly server: RulePrometheus;
  readonly clock: Clock;
  readonly metrics: RulegenMetrics;
  readonly logger: Logger;
  /** After this long without a change the server is looked at again. */
  readonly verifyEveryMs: number;
  /** The server was just seen to run rules that it did not run before. */
  onLoaded?(url: string): void;
};

/** What was last seen to run: a restart or anybody's reload shows in the state of the configuration. */
type Loaded = { readonly print: string; readonly files: ReadonlySet<string>; readonly config: ConfigState };

const CONFIG_BROKEN =
  'the configuration that it has on disk does not load, and not for a file of rulegen: its next start would fail';

export function createRuleLoader(options: RuleLoaderOptions): RuleLoader {
  const { server, clock, metrics, logger, verifyEveryMs } = options;
  const state: LoaderState = {
    verifiedAtMs: undefined,
    problem: 'not looked at yet',
    warnings: [],
    evaluation: { pending: 0, failing: [] },
  };
  /** Undefined when it is not known what the server runs. */
  let loaded: Loaded | undefined;
  /** The last reload that did not bring these files to run. Doing it again at once would only cost more alerts. */
  let inVain:
    | { readonly print: string; readonly atMs: number; readonly refusal: string | undefined }
    | undefined;

  const differences = async (
    wanted: readonly RuleFile[],
    ignored: ReadonlySet<string>,
  ): Promise<readonly RuleDifference[]> => {
    const startMs = clock.now();
    const found = await readDifferences(server, wanted, ignored);
    metrics.verified(clock.now() - startMs);
    return found;
  };

  /** Undefined when the server runs the files now; else the message of its refusal. */
  const reloadUntilSame = async (
    wanted: readonly RuleFile[],
    ignored: ReadonlySet<string>,
    print: string,
  ): Promise<string | undefined> => {
    inVain = undefined;
    const result = await reloadPrometheus(server, clock, metrics);
    if (result.kind === 'refused') {
      inVain = { print, atMs: clock.now(), refusal: result.message };
      return result.message;
    }
    const [first] = await differences(wanted, ignored);
    if (first === undefined) return undefined;
    inVain = { print, atMs: clock.now(), refusal: undefined };
    throw notRunning(server.url, first);
  };

  const judge = async (config: ConfigState): Promise<void> => {
    const warnings = [
      ...judgeServerFlags(await server.readFlags()),
      ...(config.reloadSucceeded ? [] : [CONFIG_BROKEN]),
    ];
    for (const warning of warnings)
      if (!state.warnings.includes(warning))
        logger.warn('prometheus is set up badly', { prometheus: server.url, warning });
    state.warnings = warnings;
  };

  const ensure = async (
    wanted: readonly RuleFile[],
    ignored: ReadonlySet<string>,
    print: string,
  ): Promise<LoadResult> => {
    const before = loaded;
    loaded = undefined;
    const filesChanged = before !== undefined && before.print !== print;
    if (before !== undefined && !filesChanged && sameConfig(before.config, await server.readConfigState())) {
      loaded = before;
      return { kind: 'verified' };
    }
    const [difference] = filesChanged ? [] : await differences(wanted, ignored);
    if (difference !== undefined && inVain?.print === print && clock.now() - inVain.atMs < verifyEveryMs) {
      if (inVain.refusal === undefined) throw notRunning(server.url, difference);
      return { kind: 'refused', message: inVain.refusal };
    }
    if (filesChanged || difference !== undefined) {
      const refusal = await reloadUntilSame(wanted, ignored, print);
      if (refusal !== undefined) return { kind: 'refused', message: refusal };
    }
    const config = await server.readConfigState();
    await judge(config);
    loaded = { print, config, files: new Set(wanted.map(({ name }) => name)) };
    logger.info('rules verified', { prometheus: server.url, files: wanted.length });
    options.onLoaded?.(server.url);
    return { kind: 'verified' };
  };

  return {
    url: server.url,
    state,
    async running(wanted, ignored) {
      const others = new Set((await readDifferences(server, wanted, ignored)).map(({ file }) => file));
      return new Set(wanted.map(({ name }) => name).filter((name) => !others.has(name)));
    },
    answers: () =>
      server.readConfigState().then(
        () => true,
        () => false,
      ),
    accepts: async () => (await reloadPrometheus(server, clock, metrics)).kind === 'reloaded',
    async load(wanted, ignored) {
      const print = fingerprint(wanted);
      const fresh = clock.now() - (state.verifiedAtMs ?? 0) < verifyEveryMs;
      if (loaded?.print === print && fresh) return { kind: 'verified' };
      try {
        const result = await ensure(wanted, ignored, print);
        state.problem = result.kind === 'refused' ? result.message : undefined;
        if (result.kind === 'verified') state.verifiedAtMs = clock.now();
        return result;
      } catch (error) {
        state.problem = describeError(error);
        throw error;
      }
    },
    async readEvaluations() {
      const files = loaded?.files ?? new Set();
      const evaluation = judgeEvaluations(await server.listEvaluations(), files);
      const known = new Set(state.evaluation.failing.map(({ alert }) => alert));
      for (const rule of evaluation.failing)
        if (!known.has(rule.alert))
          logger.error('rule fails to evaluate', { prometheus: server.url, ...rule });
      state.evaluation = evaluation;
      return evaluation;
    },
  };
}

const sameConfig = (a: ConfigState, b: ConfigState): boolean =>
  a.startedMs === b.startedMs && a.lastConfigMs === b.lastConfigMs && a.reloadSucceeded === b.reloadSucceeded;

function notRunning(url: string, { file, kind }: RuleDifference): AppError {
  const what = kind === 'leftover' ? 'still runs' : 'does not run';
  return new AppError(
    'unavailable',
    `Prometheus at ${url} was reloaded and ${what} ${file}; do its rule_files name the folder of --rules.dir?`,
  );
}

function fingerprint(files: readonly RuleFile[]): string {
  const hash = createHash('sha256');
  for (const { name, text } of files) hash.update(`${name}\0${text}\0`);
  return hash.digest('hex');
}
