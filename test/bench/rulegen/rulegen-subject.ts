/** rulegen's bundle beside an engine and a Prometheus, with its metrics and the moments at which it had verified rules. */
import { callHttp } from '../../../internal/daemon/http-client.ts';
import { eventually } from '../../eventually.ts';
import { type RunningBinary, startBinary } from '../child-program.ts';

export const RELOADS = 'micado_rulegen_reloads_total{result="success"}';
export const WRITES = 'micado_rulegen_rule_file_changes_total{change="write"}';

export type RulegenSubject = AsyncDisposable & {
  readonly pid: number;
  /** The value of a series, labels and all. */
  metric(series: string): Promise<number>;
  /** Waits until it has verified this many files; when that was, by `performance.now`. */
  untilVerified(files: number, withinMs: number): Promise<number>;
};

export type SubjectOptions = {
  readonly dockerHost: string;
  readonly rulesDir: string;
  readonly prometheusUrl: string;
};

export async function startRulegenSubject(options: SubjectOptions): Promise<RulegenSubject> {
  let rest = '';
  let verified = { atMs: 0, files: 0 };
  const rulegen: RunningBinary = await startBinary(
    'rulegen',
    [
      `--docker.host=${options.dockerHost}`,
      `--rules.dir=${options.rulesDir}`,
      `--prometheus.url=${options.prometheusUrl}`,
    ],
    {
      onLog: (text) => {
        const lines = (rest + text).split('\n');
        rest = lines.pop() ?? '';
        for (const line of lines) {
          const files = /"files":(\d+),"msg":"rules verified"/.exec(line)?.[1];
          if (files !== undefined) verified = { atMs: performance.now(), files: Number(files) };
        }
      },
    },
  );
  return {
    pid: rulegen.pid,
    async metric(series) {
      const { text } = await callHttp({ url: `${rulegen.url}/metrics`, timeoutMs: 10_000 });
      const line = text.split('\n').find((one) => one.startsWith(`${series} `));
      return Number(line?.slice(series.length + 1));
    },
    untilVerified: (files, withinMs) =>
      eventually(
        `${files} files are verified`,
        () => (verified.files === files ? verified.atMs : undefined),
        { withinMs, everyMs: 2 },
      ),
    [Symbol.asyncDispose]: () => rulegen[Symbol.asyncDispose](),
  };
}
