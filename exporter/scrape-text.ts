/** The whole text of a scrape: what the collectors read now, then what the exporter says of itself. */
import { packageVersion } from '../internal/daemon/program.ts';
import { createExposition } from './core/exposition.ts';
import { addOwnSamples, type CollectorState, OWN_FAMILIES } from './metrics.ts';
import type { KernelFiles, ProcessUsage } from './ports.ts';
import { type ScrapeOptions, type ScrapeRequest, scrapeInto } from './scrape.ts';

export type ScrapeTextOptions = ScrapeOptions & {
  readonly kernelFiles: KernelFiles;
  readonly processUsage: ProcessUsage;
  readonly nodeVersion: string;
};

export type ScrapeText = {
  /** Overwritten by the next call, unless it was left in between. */
  make(request: ScrapeRequest): Uint8Array;
  /** Leaves the last text to whoever has it. */
  leave(): void;
  /** Nobody has this text any more, which was left. */
  takeBack(text: Uint8Array): void;
};

export function createScrapeText(options: ScrapeTextOptions): ScrapeText {
  const { containerCollectors, nodeCollectors, table, counts, seriesLimit, monotonicMs } = options;
  const families = [...containerCollectors, ...nodeCollectors].flatMap((collector) => collector.families);
  const exposition = createExposition([...families, ...OWN_FAMILIES]);
  const version = packageVersion();
  const make = (request: ScrapeRequest): Uint8Array => {
    const startMs = monotonicMs();
    exposition.reset();
    scrapeInto(exposition, request, options);
    const plan = seriesLimit.plan();
    const collectors = [
      ...containerCollectors.map(({ name }, index): CollectorState => {
        return { name, of: 'containers', leftOut: plan !== undefined && index >= plan.collectors };
      }),
      ...nodeCollectors.map(({ name }): CollectorState => ({ name, of: 'node', leftOut: false })),
    ];
    addOwnSamples(exposition, {
      counts,
      version,
      plan,
      nodeVersion: options.nodeVersion,
      containers: [...table.tracked().values()],
      collectors: collectors.filter(({ name }) => request.wants(name)),
      files: options.kernelFiles.counts(),
      process: options.processUsage,
    });
    const text = exposition.render();
    // Said by the next scrape: this one had to be written first.
    counts.lastScrapeSeconds = (monotonicMs() - startMs) / 1000;
    return text;
  };
  return { make, leave: () => exposition.leave(), takeBack: (text) => exposition.takeBack(text) };
}
