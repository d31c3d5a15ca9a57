/** A process that is scraped, and what each scrape costs it. */
import { setTimeout as delay } from 'node:timers/promises';
import { median } from '../figure.ts';
import { cpuMsOf } from '../process-usage.ts';
import type { Encoding, ScrapeClient } from './scrape-client.ts';

export type Subject = { readonly pid: number; readonly client: ScrapeClient };

export type ScrapeCost = { readonly wallMs: number; readonly cpuMs: number; readonly body: Buffer };

/** What a process does after its answer (writing, garbage) belongs to the scrape too. */
const AFTERWARDS_MS = 40;

export async function costOfScrape({ pid, client }: Subject, encoding?: Encoding): Promise<ScrapeCost> {
  const before = cpuMsOf(pid);
  const { wallMs, body } = await client.scrape(encoding);
  await delay(AFTERWARDS_MS);
  return { wallMs, cpuMs: cpuMsOf(pid) - before, body };
}

export const medianOf = (costs: readonly ScrapeCost[], key: 'wallMs' | 'cpuMs'): number =>
  median(costs.map((cost) => cost[key]));
