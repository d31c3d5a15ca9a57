/** Our exporter and cAdvisor beside the same containers, in the same minutes. */
import { setTimeout as delay } from 'node:timers/promises';
import { findCadvisor } from '../../real/support/real-cadvisor.ts';
import { atMost, type Figure, informing } from '../figure.ts';
import { cpuMsOf } from '../process-usage.ts';
import { AS_IT_COMES, startCadvisorSubject, TUNED } from './cadvisor-subject.ts';
import { besideEngine, startExporterSubject } from './exporter-subject.ts';
import type { RealContainers } from './real-containers.ts';
import { createStirring } from './stir-sleepers.ts';
import { costOfScrape, medianOf, type ScrapeCost, type Subject } from './subject.ts';

type Program = 'ours' | 'tuned' | 'standard';
/** `active` is ours, with sleepers that have all used CPU time since the scrape before; to cAdvisor that is the same. */
type Costs = Readonly<Record<Program | 'active', readonly ScrapeCost[]>>;

/** Ratios are ours divided by theirs. Without cAdvisor they are unknown, and no goal is met. */
export async function compareWithCadvisor(options: RealContainers): Promise<readonly Figure[]> {
  const { engine, count, progress } = options;
  const program = await findCadvisor();
  if (program.kind === 'absent') {
    progress(`no cAdvisor to compare with: ${program.reason}`);
    return goals(count, { ours: [], active: [], tuned: [], standard: [] }, Number.NaN);
  }
  progress(`${count} containers: starting cAdvisor ${program.version}, as it comes and tuned`);
  await using standard = await startCadvisorSubject(program, engine, count, AS_IT_COMES);
  await using tuned = await startCadvisorSubject(program, engine, count, TUNED);
  await using ours = await startExporterSubject(besideEngine(engine), count);
  const costs = await scrapeInTurns({ ours, tuned, standard }, options);
  return [...absoluteCosts(count, costs), ...goals(count, costs, await cpuOver15s([ours, tuned], options))];
}

async function scrapeInTurns(
  subjects: Readonly<Record<Program, Subject>>,
  { engine, count, rounds, progress }: RealContainers,
): Promise<Costs> {
  progress(`${count} containers: ${rounds} rounds of scrapes of all three`);
  const costs: Record<keyof Costs, ScrapeCost[]> = { ours: [], active: [], tuned: [], standard: [] };
  for (let round = 0; round < rounds; round += 1)
    for (const name of ['ours', 'tuned', 'standard'] as const)
      costs[name].push(await costOfScrape(subjects[name]));
  // By itself: who was stirred does not rest in the next scrape.
  const stir = await createStirring(engine);
  for (let round = 0; round < rounds; round += 1) {
    await stir();
    costs.active.push(await costOfScrape(subjects.ours));
  }
  return costs;
}

const KINDS = [
  ['cpu', 'cpuMs'],
  ['wall', 'wallMs'],
] as const;

const absoluteCosts = (count: number, costs: Costs): readonly Figure[] =>
  KINDS.flatMap(([kind, key]) =>
    (['ours', 'active', 'tuned', 'standard'] as const).map((subject) =>
      informing({
        name: `beside_cadvisor_${kind}_ms_${subject}_n${count}`,
        value: medianOf(costs[subject], key),
        unit: 'ms',
      }),
    ),
  );

const goals = (count: number, costs: Costs, cpuOver15s: number): readonly Figure[] => [
  ...KINDS.flatMap(([kind, key]) =>
    (['ours', 'active'] as const).flatMap((own) => {
      const ratioTo = (other: Program): number => medianOf(costs[own], key) / medianOf(costs[other], key);
      const isActive = own === 'active';
      const name = `${isActive ? 'active_' : ''}scrape_${kind}_vs_cadvisor`;
      const tuned = { name: `${name}_tuned_n${count}`, value: ratioTo('tuned') };
      const standard = { name: `${name}_default_n${count}`, value: ratioTo('standard') };
      // The bare reading of all files, without a word of text, would take up the goals of those at rest.
      return isActive
        ? [informing(tuned), informing(standard)]
        : [atMost(1 / 10, tuned), atMost(1 / 15, standard)];
    }),
  ),
  atMost(1 / 10, { name: `cpu_15s_vs_cadvisor_tuned_n${count}`, value: cpuOver15s }),
];

const USUAL_INTERVAL_MS = 15_000;

/** The first one's CPU time divided by the second one's, both scraped every 15 s. */
async function cpuOver15s(
  [ours, theirs]: readonly [Subject, Subject],
  { windowMs, count, progress }: RealContainers,
): Promise<number> {
  const scrapes = Math.max(1, Math.round(windowMs / USUAL_INTERVAL_MS));
  progress(`${count} containers: ${scrapes} scrapes 15 s apart`);
  const start = [ours, theirs].map(({ pid }) => cpuMsOf(pid));
  for (let scrape = 0; scrape < scrapes; scrape += 1) {
    await Promise.all([ours, theirs].map(({ client }) => client.scrape()));
    await delay(USUAL_INTERVAL_MS);
  }
  const [own = Number.NaN, other = Number.NaN] = [ours, theirs].map(
    ({ pid }, index) => cpuMsOf(pid) - (start[index] ?? Number.NaN),
  );
  return own / other;
}
