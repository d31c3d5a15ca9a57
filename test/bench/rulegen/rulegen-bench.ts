/** `npm run bench -- rulegen`. */
import { durationFlag, integerFlag } from '../../../internal/daemon/flag-kinds.ts';
import { startEngine } from '../../cluster/cluster.ts';
import { loadBusybox } from '../../cluster/images.ts';
import { type BenchOptions, defineBench } from '../bench.ts';
import { atMost, below, exactly, type Figure, informing } from '../figure.ts';
import { startBenchPrometheus } from './bench-prometheus.ts';
import { measureBurst, measureSingleCreates } from './reaction.ts';
import { type SubjectOptions, startRulegenSubject } from './rulegen-subject.ts';
import { measureShapes, type RuleFiles, readRuleFiles } from './shapes.ts';
import { type ColdStart, measureColdStart, measureRest, measureRestart, type Restart } from './starts.ts';
import { type BenchServices, createBenchServices } from './swarm-services.ts';

const flags = {
  services: integerFlag({ help: 'How many services the Swarm has at the end.', min: 1, fallback: 1_000 }),
  rounds: integerFlag({ help: 'How many single services the median is of.', min: 3, fallback: 9 }),
  burst: integerFlag({ help: 'How many services are created in one burst.', min: 10, fallback: 200 }),
  'rest.duration': durationFlag({
    help: 'How long it is watched at rest.',
    minMs: 10_000,
    fallback: 300_000,
  }),
};

export const rulegenBench = defineBench({
  name: 'rulegen',
  summary: 'From a created service to verified rules, beside bare reloads; starts, rest, memory, evaluation.',
  flags,
  run: runRulegenBench,
});

type Options = BenchOptions<typeof flags>;
const MOST_RESIDENT_MB = 90;
const MOST_OVER_LINEAR = 1.2;
const GROWTH = [10, 100];

/** What is found out about one number of services. */
type Stage = {
  readonly count: number;
  readonly cold: ColdStart;
  readonly restart: Restart;
  readonly files: RuleFiles;
};

async function runRulegenBench(options: Options): Promise<readonly Figure[]> {
  const { flags: chosen, progress, signal } = options;
  await using engine = await startEngine();
  const services = createBenchServices(engine, await loadBusybox(engine));
  const figures: Figure[] = [];
  const stages: Stage[] = [];
  for (const count of [...GROWTH.filter((size) => size < chosen.services), chosen.services]) {
    signal.throwIfAborted();
    progress(`creating services until there are ${count}`);
    await services.grow(count);
    await using prometheus = await startBenchPrometheus();
    const around = {
      dockerHost: engine.dockerHost,
      rulesDir: prometheus.rulesDir,
      prometheusUrl: prometheus.url,
    };
    progress(`cold start and restart with ${count} services`);
    const cold = await measureColdStart(around, count + 1);
    const restart = await measureRestart(around, count + 1);
    const stage = { count, cold, restart, files: readRuleFiles(prometheus.rulesDir) };
    stages.push(stage);
    figures.push(...figuresOfStarts(stage));
    if (count === chosen.services) figures.push(...(await measureUse(around, services, options)));
  }
  return [
    ...figures,
    exactly(0, { name: 'restart_writes', value: sumOf(stages, ({ restart }) => restart.writes) }),
    exactly(0, { name: 'restart_reloads', value: sumOf(stages, ({ restart }) => restart.reloads) }),
    ...growthOfPlanning(stages),
    ...(await measureShapes(stages, options)),
  ];
}

const figuresOfStarts = ({ count, cold, restart }: Stage): readonly Figure[] => [
  exactly(1, { name: `cold_start_reloads_n${count}`, value: cold.reloads }),
  below(2, { name: `cold_start_plan_s_n${count}`, value: cold.planS, unit: 's' }),
  informing({ name: `cold_start_verified_s_n${count}`, value: cold.verifiedS, unit: 's' }),
  atMost(MOST_RESIDENT_MB, { name: `rss_mb_n${count}`, value: restart.residentMb, unit: 'MB' }),
];

/** Between the two largest numbers of services; linear growth is as many times as there are more of them. */
function growthOfPlanning(stages: readonly Stage[]): readonly Figure[] {
  const [before, last] = stages.slice(-2);
  if (before === undefined || last === undefined) return [];
  return [
    atMost((MOST_OVER_LINEAR * last.count) / before.count, {
      name: `cold_start_plan_n${last.count}_over_n${before.count}`,
      value: last.cold.planS / before.cold.planS,
    }),
  ];
}

async function measureUse(
  around: SubjectOptions,
  services: BenchServices,
  { flags: { services: count, rounds, burst, 'rest.duration': restMs }, progress, signal }: Options,
): Promise<readonly Figure[]> {
  await using rulegen = await startRulegenSubject(around);
  const files = count + 1;
  await rulegen.untilVerified(files, 120_000);
  const context = { around, rulegen, services, files };
  progress(`${rounds} single services, and as many bare reloads`);
  const single = await measureSingleCreates(context, rounds);
  signal.throwIfAborted();
  progress(`a burst of ${burst} services`);
  const many = await measureBurst(context, burst);
  signal.throwIfAborted();
  progress(`${restMs / 1_000} s at rest`);
  const restPercent = await measureRest(rulegen, restMs);
  const allowedMs = 2 * many.createsMs + 2 * single.bareReloadMs;
  const { createToVerifiedMs, bareReloadMs } = single;
  return [
    atMost(1.3, {
      name: `create_to_verified_over_bare_reload_n${count}`,
      value: createToVerifiedMs / bareReloadMs,
    }),
    informing({ name: `create_to_verified_ms_n${count}`, value: createToVerifiedMs, unit: 'ms' }),
    informing({ name: `bare_reload_ms_n${count}`, value: bareReloadMs, unit: 'ms' }),
    ...Object.entries(single.partsMs).map(([part, value]) =>
      informing({ name: `create_${part}_ms_n${count}`, value, unit: 'ms' }),
    ),
    exactly(1, { name: 'create_writes_each', value: single.writes }),
    exactly(1, { name: 'create_reloads_each', value: single.reloads }),
    atMost(5, { name: `burst${burst}_reloads`, value: many.reloads }),
    atMost(1, { name: `burst${burst}_time_over_allowed`, value: many.allVerifiedMs / allowedMs }),
    informing({ name: `burst${burst}_creates_ms`, value: many.createsMs, unit: 'ms' }),
    below(0.1, { name: 'rest_cpu_percent', value: restPercent, unit: '%' }),
  ];
}

const sumOf = <T>(all: readonly T[], value: (one: T) => number): number =>
  all.reduce((sum, one) => sum + value(one), 0);
