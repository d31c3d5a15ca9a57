/** What a Prometheus knows: the newest samples, and how it fares with its targets. */
import { z } from 'zod';
import { callJson } from '../../../internal/daemon/http-client.ts';

export type Sample = {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
};

export type Target = { readonly url: string; readonly health: string; readonly lastError: string };

const queryAnswer = z.object({
  data: z.object({
    result: z.array(
      z.object({ metric: z.record(z.string(), z.string()), value: z.tuple([z.number(), z.string()]) }),
    ),
  }),
});
const targetsAnswer = z.object({
  data: z.object({
    activeTargets: z.array(z.object({ scrapeUrl: z.string(), health: z.string(), lastError: z.string() })),
  }),
});

const TIMEOUT_MS = 5_000;

/** The instant vector that the expression gives, now or at a moment. */
export async function queryPrometheus(
  prometheusUrl: string,
  expression: string,
  atSeconds?: number,
): Promise<readonly Sample[]> {
  const parameters = new URLSearchParams({ query: expression });
  if (atSeconds !== undefined) parameters.set('time', String(atSeconds));
  const url = `${prometheusUrl}/api/v1/query?${parameters.toString()}`;
  const { data } = queryAnswer.parse(await callJson({ url, timeoutMs: TIMEOUT_MS }));
  return data.result.map(({ metric, value: [, text] }) => ({ labels: metric, value: Number(text) }));
}

const rangeAnswer = z.object({
  data: z.object({ result: z.array(z.object({ values: z.array(z.tuple([z.number(), z.string()])) })) }),
});

/** When the series has its first value after that time; undefined where it has none until now. */
export async function firstValueMs(
  prometheusUrl: string,
  series: string,
  fromMs: number,
): Promise<number | undefined> {
  const parameters = new URLSearchParams({ query: series, step: '1' });
  parameters.set('start', String(fromMs / 1_000));
  parameters.set('end', String(Date.now() / 1_000));
  const url = `${prometheusUrl}/api/v1/query_range?${parameters.toString()}`;
  const { result } = rangeAnswer.parse(await callJson({ url, timeoutMs: TIMEOUT_MS })).data;
  const [seconds] = result[0]?.values[0] ?? [];
  return seconds === undefined ? undefined : seconds * 1_000;
}

export async function activeTargets(prometheusUrl: string): Promise<readonly Target[]> {
  const url = `${prometheusUrl}/api/v1/targets?state=active`;
  const { data } = targetsAnswer.parse(await callJson({ url, timeoutMs: TIMEOUT_MS }));
  return data.activeTargets.map(({ scrapeUrl, ...rest }) => ({ url: scrapeUrl, ...rest }));
}
