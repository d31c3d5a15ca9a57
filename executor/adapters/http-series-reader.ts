import { z } from 'zod';
import { RULEGEN_METRIC } from '../../internal/contract/metrics.ts';
import type { SeriesReader } from '../ports.ts';
import type { PrometheusAsker } from './prometheus-asker.ts';

const SCRAPED = 'max by (job, instance) (up{job=~"exporter|rulegen"})';
const LAST_UP = lastSeenQuery(1);
const LAST_DOWN = lastSeenQuery(0);
const QUARANTINED = `max by (file) (${RULEGEN_METRIC.ruleFileQuarantined}) > 0`;

const labels = z.record(z.string(), z.string());
const answerOf = <T extends z.ZodType>(result: T) =>
  z.object({ status: z.literal('success'), data: z.object({ result: z.array(result) }) });
const sample = z.tuple([z.number(), z.string()]);
const instantSchema = answerOf(z.object({ metric: labels, value: sample }));
const rangeSchema = answerOf(z.object({ values: z.array(sample) }));

/** Each step of a subquery counts as the time at which it found the series so: fine steps for what is not long ago. */
function lastSeenQuery(up: 0 | 1): string {
  const lastIn = (range: string): string =>
    `max_over_time(timestamp(up{job=~"exporter|rulegen"} == ${up})[${range}])`;
  return `max by (job, instance) (${lastIn('10m:5s')} or ${lastIn('1d:30s')})`;
}

/** Expressions come from Prometheus' own rules or stand here: no text of a request is ever part of a query. */
export function createHttpSeriesReader(ask: PrometheusAsker): SeriesReader {
  const instant = async (query: string) => {
    const path = `/api/v1/query?query=${encodeURIComponent(query)}`;
    const { data } = await ask(path, (json) => instantSchema.safeParse(json).data);
    return data.result;
  };
  return {
    async scraped() {
      const result = await instant(SCRAPED);
      return result.map(({ metric, value: [, up] }) => ({
        job: metric['job'] ?? '',
        instance: metric['instance'] ?? '',
        isUp: Number(up) === 1,
      }));
    },
    async lastSeen() {
      const [ups, downs] = await Promise.all([instant(LAST_UP), instant(LAST_DOWN)]);
      const timesOf = (found: typeof ups) =>
        new Map(
          found.map(({ metric: { job = '', instance = '' }, value: [, seconds] }) => [
            JSON.stringify([job, instance]),
            { job, instance, timeMs: Number(seconds) * 1_000 },
          ]),
        );
      const upTimes = timesOf(ups);
      const downTimes = timesOf(downs);
      return [...new Map([...upTimes, ...downTimes])].map(([key, { job, instance }]) => ({
        job,
        instance,
        upMs: upTimes.get(key)?.timeMs,
        downMs: downTimes.get(key)?.timeMs,
      }));
    },
    async quarantined() {
      return (await instant(QUARANTINED)).map(({ metric }) => metric['file'] ?? '');
    },
    async range(expression, { fromMs, toMs, stepMs }) {
      const query = new URLSearchParams({
        query: expression,
        start: String(fromMs / 1000),
        end: String(toMs / 1000),
        step: String(stepMs / 1000),
      });
      const path = `/api/v1/query_range?${query.toString()}`;
      const { data } = await ask(path, (json) => rangeSchema.safeParse(json).data);
      return (data.result[0]?.values ?? []).map(([seconds, text]) => [seconds * 1000, Number(text)] as const);
    },
  };
}
