/** The exporter as it runs, on a free port, over a fixture's kernel files and a fake engine. */
import { exporterFlags } from '../../exporter/config.ts';
import { createExporter } from '../../exporter/exporter.ts';
import type { Clock } from '../../internal/daemon/clock.ts';
import { parseFlags } from '../../internal/daemon/flags.ts';
import { silentLogger } from '../../internal/daemon/logger.ts';
import { runGroup } from '../../internal/daemon/run-group.ts';
import type { DockerEngineServer } from './docker-engine-server.ts';
import type { KernelTree } from './kernel-tree.ts';

export type RunningExporter = AsyncDisposable & {
  readonly url: string;
  /** The text with one blank in front of each value: more of them say nothing. */
  scrape(): Promise<string>;
};

export type ExporterRun = {
  readonly engine: Pick<DockerEngineServer, 'address'>;
  readonly tree: Pick<KernelTree, 'procfs' | 'cgroup'>;
  readonly clock: Clock;
  readonly flags?: readonly string[];
};

export async function runExporter({
  engine,
  tree,
  clock,
  flags = [],
}: ExporterRun): Promise<RunningExporter> {
  const parsed = parseFlags(
    exporterFlags,
    [
      `--docker.host=${engine.address}`,
      `--path.procfs=${tree.procfs}`,
      `--path.cgroup=${tree.cgroup}`,
      '--web.listen-address=127.0.0.1:0',
      ...flags,
    ],
    {},
  );
  if (parsed.kind !== 'run') throw new Error(`the flags are wrong: ${JSON.stringify(parsed)}`);
  const { actors, url } = await createExporter(parsed.values, {
    clock,
    logger: silentLogger,
    certFolder: undefined,
  });
  const stop = new AbortController();
  const stopper = {
    name: 'test',
    run: (signal: AbortSignal) =>
      new Promise<void>((resolve) => {
        for (const one of [stop.signal, signal]) one.addEventListener('abort', () => resolve());
      }),
  };
  const ended = runGroup([stopper, ...actors], silentLogger);
  return {
    url,
    scrape: async () => withSingleBlanks(await (await fetch(`${url}/metrics`)).text()),
    async [Symbol.asyncDispose]() {
      stop.abort();
      const { error } = await ended;
      if (error !== undefined) throw error;
    },
  };
}

const withSingleBlanks = (text: string): string => text.replace(/ +(?=\S+$)/gm, ' ');

/** The samples without those that differ at each run: what the exporter says of itself. */
export function withoutOwnMetrics(text: string): string {
  const own = /^(# \w+ )?(micado_exporter|process)_/;
  return text
    .split('\n')
    .filter((line) => !own.test(line))
    .join('\n');
}

/** The value of the one series that begins with `start`; undefined where there is none. */
export function sampleOf(text: string, start: string): number | undefined {
  const line = text.split('\n').find((one) => one.startsWith(start));
  return line === undefined ? undefined : Number(line.slice(line.lastIndexOf(' ') + 1));
}
