/**
 * Makes one Prometheus run the rule files, and makes sure that it does. State moves on success only: until the server was
 * seen to run exactly these files, each pass tries again. A reload costs alerts, so it happens only when files differ.
 */
import { createHash } from 'node:crypto';
import { AppError } from '../internal/daemon/app-error.ts';
import type { Clock } from '../internal/daemon/clock.ts';
import type { Logger } from '../internal/daemon/logger.ts';
import type { RuleDifference } from './core/compare-rules.ts';
import { judgeServerFlags } from './core/judge-server-flags.ts';
import type { RuleFile } from './core/rule-file.ts';
import type { RulegenMetrics } from './metrics.ts';
import type { RulePrometheus } from './ports.ts';
import { readDifferences } from './read-differences.ts';

export type LoadResult =
  | { readonly kind: 'verified' }
  | { readonly kind: 'refused'; readonly message: string };

export type RuleLoader = {
  readonly url: string;
  /** @param ignored files under our names that are not ours. Throws `AppError` when the server cannot be made to run these. */
  load(wanted: readonly RuleFile[], ignored: ReadonlySet<string>): Promise<LoadResult>;
  /** Whether a reload of what is in the folder now succeeds. */
  accepts(): Promise<boolean>;
  readonly state: LoaderState;
};

export type LoaderState = {
  verifiedAtMs: number | undefined;
  /** Why the server is not known to run the rules; undefined when it is. */
  problem: string | undefined;
  /** Settings of the server that make it answer late. */
  warnings: readonly string[];
};

export type RuleLoaderOptions = {
  readonly server: RulePrometheus;
  readonly clock: Clock;
  readonly metrics: RulegenMetrics;
  readonly logger: Logger;
  /** After this long without a change the server is looked at again. */
  readonly verifyEveryMs: number;
};

export function createRuleLoader(options: RuleLoaderOptions): RuleLoader {
  const { server, clock, metrics, logger, verifyEveryMs } = options;
  const state: LoaderState = { verifiedAtMs: undefined, problem: 'not looked at yet', warnings: [] };
  /** Of the files that the server was last seen to run; undefined when that is not known. */
  let loaded: string | undefined;
  /** The last reload that did not bring these files to run. Doing it again at once would only cost more alerts. */
  let inVain:
    | { readonly print: string; readonly atMs: number; readonly refusal: string | undefined }
    | undefined;

  const reload = async (): Promise<LoadResult> => {
    const startMs = clock.now();
    const before = await server.readConfigState();
    const answer = await server.reload().catch((error: unknown) => {
      metrics.reloaded('failed', clock.now() - startMs);
      throw error;
    });
    metrics.reloaded(answer.kind === 'reloaded' ? 'success' : 'refused', clock.now() - startMs);
    if (answer.kind === 'refused') return answer;
    const after = await server.readConfigState();
    const applied = after.reloadSucceeded && after.lastConfigMs >= before.lastConfigMs;
    return applied
      ? { kind: 'verified' }
      : { kind: 'refused', message: 'the reload was answered, but not applied' };
  };

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
    const result = await reload();
    if (result.kind === 'refused') {
      inVain = { print, atMs: clock.now(), refusal: result.message };
      return result.message;
    }
    const [first] = await differences(wanted, ignored);
    if (first === undefined) return undefined;
    inVain = { print, atMs: clock.now(), refusal: undefined };
    throw notRunning(server.url, first);
  };

  const ensure = async (
    wanted: readonly RuleFile[],
    ignored: ReadonlySet<string>,
    print: string,
  ): Promise<LoadResult> => {
    const filesChanged = loaded !== undefined && loaded !== print;
    loaded = undefined;
    const [difference] = filesChanged ? [] : await differences(wanted, ignored);
    if (difference !== undefined && inVain?.print === print && clock.now() - inVain.atMs < verifyEveryMs) {
      if (inVain.refusal === undefined) throw notRunning(server.url, difference);
      return { kind: 'refused', message: inVain.refusal };
    }
    if (filesChanged || difference !== undefined) {
      const refusal = await reloadUntilSame(wanted, ignored, print);
      if (refusal !== undefined) return { kind: 'refused', message: refusal };
    }
    loaded = print;
    const warnings = judgeServerFlags(await server.readFlags());
    for (const warning of warnings)
      if (!state.warnings.includes(warning))
        logger.warn('prometheus is set up badly', { prometheus: server.url, warning });
    state.warnings = warnings;
    return { kind: 'verified' };
  };

  return {
    url: server.url,
    state,
    accepts: async () => (await reload()).kind === 'verified',
    async load(wanted, ignored) {
      const print = fingerprint(wanted);
      const fresh = clock.now() - (state.verifiedAtMs ?? 0) < verifyEveryMs;
      if (loaded === print && fresh) return { kind: 'verified' };
      try {
        const result = await ensure(wanted, ignored, print);
        state.problem = result.kind === 'refused' ? result.message : undefined;
        if (result.kind === 'verified') state.verifiedAtMs = clock.now();
        return result;
      } catch (error) {
        state.problem = error instanceof Error ? error.message : String(error);
        throw error;
      }
    },
  };
}

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
