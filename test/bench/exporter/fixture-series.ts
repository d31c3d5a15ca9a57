/** How the cost of a scrape grows with the number of containers, up to more than one machine usually has. */
import { below, exactly, type Figure, informing } from '../figure.ts';
import { residentMbOf } from '../process-usage.ts';
import { startExporterSubject } from './exporter-subject.ts';
import { startFixtureNode } from './fixture-node.ts';
import { costOfScrape, medianOf, type ScrapeCost } from './subject.ts';

const SIZES = [100, 250, 500, 750, 1_000];
const LARGEST = 1_000;
/** The other version of cgroups, for the largest number only. */
const LAYOUTS = [
  { layout: 'v2-systemd', sizes: SIZES, suffix: '' },
  { layout: 'v1-separate', sizes: [LARGEST], suffix: '_v1' },
] as const;

export async function measureFixtureSeries(options: {
  readonly rounds: number;
  progress(line: string): void;
}): Promise<readonly Figure[]> {
  const { rounds, progress } = options;
  const figures: Figure[] = [];
  for (const { layout, sizes, suffix } of LAYOUTS)
    for (const size of sizes) {
      progress(`${size} containers of fixture ${layout}`);
      await using node = await startFixtureNode(layout, size);
      await using subject = await startExporterSubject([...node.flags, '--no-collector.swarm'], size);
      const callsBefore = node.docker.calls.length;
      const costs: ScrapeCost[] = [];
      for (let round = 0; round < rounds; round += 1) costs.push(await costOfScrape(subject));
      const calls = node.docker.calls.length - callsBefore;
      const wall = { name: `fixture_${size}${suffix}_ms`, value: medianOf(costs, 'wallMs'), unit: 'ms' };
      figures.push(size === LARGEST ? below(100, wall) : informing(wall));
      if (size !== LARGEST) continue;
      figures.push(
        exactly(0, { name: `docker_calls_per_scrape${suffix}`, value: calls / rounds }),
        informing({ name: `fixture_rss_mb_n${size}${suffix}`, value: residentMbOf(subject.pid), unit: 'MB' }),
      );
    }
  return figures;
}
