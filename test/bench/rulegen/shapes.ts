/** What reloads and evaluations of the same rules cost: in a file for each service, all groups in one file, all rules in one group. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { dump, load } from 'js-yaml';
import { z } from 'zod';
import { callHttp } from '../../../internal/daemon/http-client.ts';
import { eventually } from '../../eventually.ts';
import type { BenchOptions } from '../bench.ts';
import { type Figure, informing, median } from '../figure.ts';
import { reloadAndTime, startBenchPrometheus } from './bench-prometheus.ts';
import { serveMadeUpSeries } from './made-up-series.ts';
import { grownServices } from './swarm-services.ts';

/** Texts by file name. */
export type RuleFiles = ReadonlyMap<string, string>;

type Planned = { readonly count: number; readonly files: RuleFiles };

const ROUNDS = 5;
const EVERY_MS = 2_000;
const WITHIN_MS = 120_000;
/** By then every rate has its samples. */
const SETTLED_AFTER_ITERATIONS = 5;

const ruleFile = z.object({
  groups: z.array(z.object({ name: z.string(), rules: z.array(z.unknown()) })),
});

/** The other shapes that the rules of these files could have. */
const OTHER_SHAPES: Readonly<Record<string, (files: RuleFiles) => RuleFiles>> = {
  one_file: (files) => asOneFile(groupsOf(files)),
  one_group: (files) => asOneFile([{ name: 'all', rules: groupsOf(files).flatMap(({ rules }) => rules) }]),
};

export const readRuleFiles = (folder: string): RuleFiles =>
  new Map(
    readdirSync(folder)
      .filter((name) => name.endsWith('.yml') && !name.startsWith('.'))
      .map((name) => [name, readFileSync(join(folder, name), 'utf8')]),
  );

/** The shape that the files have at every number of services, the others at the last. */
export async function measureShapes(
  plans: readonly Planned[],
  { progress, signal }: Pick<BenchOptions, 'progress' | 'signal'>,
): Promise<readonly Figure[]> {
  const figures: Figure[] = [];
  for (const plan of plans) {
    signal.throwIfAborted();
    progress(`evaluations of the rules of ${plan.count} services`);
    figures.push(...(await measureShape('file_each', plan)));
  }
  const { count = 0, files = new Map() } = plans.at(-1) ?? {};
  for (const [shape, reshape] of Object.entries(OTHER_SHAPES)) {
    signal.throwIfAborted();
    progress(`the same rules in another shape: ${shape}`);
    figures.push(...(await measureShape(shape, { count, files: reshape(files) })));
  }
  return figures;
}

/** In a Prometheus of its own, with series of the services. The evaluation is of all groups together, once. */
async function measureShape(shape: string, { count, files }: Planned): Promise<readonly Figure[]> {
  await using series = await serveMadeUpSeries(grownServices(count));
  await using prometheus = await startBenchPrometheus([series.address]);
  for (const [name, text] of files) writeFileSync(join(prometheus.rulesDir, name), text);
  await reloadAndTime(prometheus.url, WITHIN_MS);
  await eventually(
    'all groups have been evaluated some times',
    async () => {
      const iterations = await ownValues(prometheus.url, 'prometheus_rule_group_iterations_total');
      return iterations.length > 0 && Math.min(...iterations) >= SETTLED_AFTER_ITERATIONS;
    },
    { withinMs: WITHIN_MS, everyMs: EVERY_MS },
  );
  const evaluations: number[] = [];
  const reloads: number[] = [];
  const before = { cpuS: await cpuSecondsOf(prometheus.url), atMs: performance.now() };
  for (let round = 0; round < ROUNDS; round += 1) {
    await delay(EVERY_MS);
    const durations = await ownValues(prometheus.url, 'prometheus_rule_group_last_duration_seconds');
    evaluations.push(durations.reduce((sum, one) => sum + one, 0));
  }
  const cpuMs = 1_000 * ((await cpuSecondsOf(prometheus.url)) - before.cpuS);
  const cpuPercent = (100 * cpuMs) / (performance.now() - before.atMs);
  for (let round = 0; round < ROUNDS; round += 1)
    reloads.push(await reloadAndTime(prometheus.url, WITHIN_MS));
  return [
    informing({ name: `evaluation_s_${shape}_n${count}`, value: median(evaluations), unit: 's' }),
    informing({ name: `prometheus_cpu_percent_${shape}_n${count}`, value: cpuPercent, unit: '%' }),
    informing({ name: `reload_ms_${shape}_n${count}`, value: median(reloads), unit: 'ms' }),
  ];
}

/** What Prometheus says of itself; one value for each group where it has them. */
async function ownValues(prometheusUrl: string, metric: string): Promise<readonly number[]> {
  const { text } = await callHttp({ url: `${prometheusUrl}/metrics`, timeoutMs: 10_000 });
  return text
    .split('\n')
    .filter((line) => line.startsWith(`${metric}{`) || line.startsWith(`${metric} `))
    .map((line) => Number(line.slice(line.lastIndexOf(' ') + 1)));
}

/** Its scrapes and the requests that this bench makes are in it, and are the same for every shape. */
async function cpuSecondsOf(prometheusUrl: string): Promise<number> {
  const [seconds = Number.NaN] = await ownValues(prometheusUrl, 'process_cpu_seconds_total');
  return seconds;
}

type Groups = z.infer<typeof ruleFile>['groups'];

const groupsOf = (files: RuleFiles): Groups =>
  [...files.values()].flatMap((text) => ruleFile.parse(load(text)).groups);

const asOneFile = (groups: Groups): RuleFiles => new Map([['all.yml', dump({ groups }, { lineWidth: -1 })]]);
