/**
 * Makes one Prometheus run the rule files, and makes sure that it does. State moves on success only: until the server was
 * seen to run exactly these files, each pass tries again. A reload costs alerts, so it happens only when files differ.
 */
import { AppError, describeError } from '../internal/daemon/app-error.ts';
import type { Clock } from '../internal/daemon/clock.ts';
import type { Logger } from '../internal/daemon/logger.ts';
import { fingerprint, namesOfSame } from './compare-file-sets.ts';
import type { RuleDifference } from './core/compare-rules.ts';
import { type EvaluationState, judgeEvaluations } from './core/judge-evaluations.ts';
import { judgeServerFlags } from './core/judge-server-flags.ts';
import type { RuleFile } from './core/rule-file.ts';
import type { RulegenMetrics } from './metrics.ts';
import type { ConfigState, RulePrometheus } from './ports.ts';
import { type Comparison, readDifferences } from './read-differences.ts';
import { type ReloadOutcome, reloadPrometheus } from './reload-prometheus.ts';

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
type Loaded = { readonly print: string; readonly files: readonly RuleFile[]; readonly config: ConfigState };

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
  let flagWarnings: readonly string[] = [];
  /** Undefined when it is not known what the server runs. */
  let loaded: Loaded | undefined;
  /** The last reload that did not bring these files to run. Doing it again at once would only cost more alerts. */
  let inVain:
    | { readonly print: string; readonly atMs: number; readonly refusal: string | undefined }
    | undefined;

  const differences = async (comparison: Comparison): Promise<readonly RuleDifference[]> => {
    const startMs = clock.now();
    const found = await readDifferences(server, comparison);
    metrics.verified(clock.now() - startMs);
    return found;
  };

  /** Refused, or reloaded and seen to run the files. */
  const reloadUntilSame = async (
    comparison: Comparison,
    print: string,
    before: ConfigState,
  ): Promise<ReloadOutcome> => {
    inVain = undefined;
    const outcome = await reloadPrometheus(server, before, clock, metrics);
    if (outcome.kind === 'refused') {
      inVain = { print, atMs: clock.now(), refusal: outcome.message };
      return outcome;
    }
    const [first] = await differences(comparison);
    if (first === undefined) return outcome;
    inVain = { print, atMs: clock.now(), refusal: undefined };
    throw notRunning(server.url, first);
  };

  const judge = async (before: ConfigState | undefined, config: ConfigState): Promise<void> => {
    // Flags are those of the process.
    if (before?.startedMs !== config.startedMs) flagWarnings = judgeServerFlags(await server.readFlags());
    const warnings = [...flagWarnings, ...(config.reloadSucceeded ? [] : [CONFIG_BROKEN])];
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
    let config = filesChanged ? before.config : await server.readConfigState();
    if (before !== undefined && !filesChanged && sameConfig(before.config, config)) {
      loaded = before;
      return { kind: 'verified' };
    }
    const [difference] = filesChanged ? [] : await differences({ wanted, ignored });
    if (difference !== undefined && inVain?.print === print && clock.now() - inVain.atMs < verifyEveryMs) {
      if (inVain.refusal === undefined) throw notRunning(server.url, difference);
      return { kind: 'refused', message: inVain.refusal };
    }
    if (filesChanged || difference !== undefined) {
      const known = filesChanged ? namesOfSame(before.files, wanted) : new Set<string>();
      const outcome = await reloadUntilSame({ wanted, ignored, known }, print, config);
      if (outcome.kind === 'refused') return outcome;
      config = outcome.config;
    }
    await judge(before?.config, config);
    loaded = { print, config, files: wanted };
    logger.info('rules verified', { prometheus: server.url, files: wanted.length });
    options.onLoaded?.(server.url);
    return { kind: 'verified' };
  };

  return {
    url: server.url,
    state,
    async running(wanted, ignored) {
      const others = new Set((await readDifferences(server, { wanted, ignored })).map(({ file }) => file));
      return new Set(wanted.map(({ name }) => name).filter((name) => !others.has(name)));
    },
    answers: () =>
      server.readConfigState().then(
        () => true,
        () => false,
      ),
    accepts: async () => (await reloadPrometheus(server, undefined, clock, metrics)).kind === 'reloaded',
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
      const files = new Set((loaded?.files ?? []).map(({ name }) => name));
      const evaluation = judgeEvaluations(await server.listTroubles(), files);
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
