import { z } from 'zod';
import { CONTAINER_METRIC, MACHINE_METRIC } from '../../internal/contract/metrics.ts';
import type { NodeLoad } from '../core/workers/pool-world.ts';
import type { LoadReader } from '../ports.ts';
import type { PrometheusAsker } from './prometheus-asker.ts';
import { createSharedCall } from './shared-call.ts';

// Constants: no text of an alert or a node ever becomes part of a query.
const WINDOW = '1m';
const BUSY = `max by (pool, node) (rate(${CONTAINER_METRIC.cpuUsageSeconds}{id="/",pool!=""}[${WINDOW}])) / max by (pool, node) (${MACHINE_METRIC.cpuCores}{pool!=""})`;
const SCRAPED = 'max by (pool, node) (up{pool!=""})';

const schema = z.object({
  status: z.literal('success'),
  data: z.object({
    result: z.array(
      z.object({
        metric: z.object({ pool: z.string().optional(), node: z.string().optional() }),
        value: z.tuple([z.number(), z.string()]),
      }),
    ),
  }),
});
type Sample = { readonly pool: string; readonly hostname: string; readonly value: number };

export function createHttpLoadReader(ask: PrometheusAsker): LoadReader {
  const query = (text: string): Promise<readonly Sample[]> =>
    ask(`/api/v1/query?query=${encodeURIComponent(text)}`, parseSamples);
  const readAll = createSharedCall(() => Promise.all([query(SCRAPED), query(BUSY)]));
  return {
    async read(pool) {
      const [scraped, busy] = await readAll();
      return scraped
        .filter((sample) => sample.pool === pool)
        .map(({ hostname, value }): NodeLoad => {
          const load = busy.find((sample) => sample.pool === pool && sample.hostname === hostname)?.value;
          return {
            hostname,
            isScraped: value === 1,
            busy: load !== undefined && Number.isFinite(load) ? load : undefined,
          };
        });
    },
  };
}

function parseSamples(json: unknown): readonly Sample[] | undefined {
  const parsed = schema.safeParse(json);
  if (!parsed.success) return undefined;
  return parsed.data.data.result.map(({ metric: { pool = '', node = '' }, value: [, text] }) => ({
    pool,
    hostname: node,
    value: Number(text),
  }));
}
