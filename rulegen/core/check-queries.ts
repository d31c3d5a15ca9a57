/**
 * What Prometheus said about users' expressions, brought to the services that they stand on. An expression that it refuses
 * stops the file in which it would stand; one that it could not be asked about waits.
 */
import { formatDuration } from '../../internal/contract/duration.ts';
import type { AlertsVerdict, JudgedService } from './judge-service.ts';
import type { Problem } from './problem.ts';
import { type QueryVerdict, shortestRangeMs } from './query-text.ts';

/** By the text of the query, with the service's name filled in. */
export type QueryVerdicts = ReadonlyMap<string, QueryVerdict>;

type Query = { readonly text: string; readonly from: string };

/** The queries that Prometheus must judge before the files can be planned. */
export function queriesToCheck(services: readonly JudgedService[]): readonly string[] {
  return [...new Set(services.flatMap((judged) => queriesOf(judged).map(({ text }) => text)))];
}

export function withCheckedQueries(
  judged: JudgedService,
  queries: QueryVerdicts,
  scrapeIntervalMs: number,
): JudgedService {
  const all = queriesOf(judged);
  if (all.length === 0) return judged;
  const { verdict, alerts } = judged;
  const ofScaling = verdict.kind === 'scaled' && verdict.plan.query !== undefined ? [verdict.plan.query] : [];
  const ofAlerts = alerts.kind === 'wanted' ? alerts.alerts.map(({ expr }) => expr) : [];
  return {
    ...judged,
    verdict: stopped(ofScaling, queries) ?? verdict,
    alerts: (stopped(ofAlerts, queries) satisfies AlertsVerdict | undefined) ?? alerts,
    problems: [
      ...judged.problems,
      ...all.flatMap((query) => refusal(query, queries)),
      ...all.flatMap((query) => shortRange(query, scrapeIntervalMs)),
    ],
  };
}

/** The expression as Prometheus printed it; empty where there is none. */
export function printedQuery(text: string | undefined, queries: QueryVerdicts): string {
  const verdict = text === undefined ? undefined : queries.get(text);
  return verdict?.kind === 'accepted' ? verdict.formatted : '';
}

function queriesOf({ verdict, alerts }: JudgedService): readonly Query[] {
  const scaling = verdict.kind === 'scaled' ? verdict.plan.query : undefined;
  const own = alerts.kind === 'wanted' ? alerts.alerts.map(({ expr }) => expr) : [];
  return scaling === undefined ? own : [scaling, ...own];
}

type Stopped = { readonly kind: 'quarantined' } | { readonly kind: 'waiting'; readonly detail: string };

function stopped(wanted: readonly Query[], queries: QueryVerdicts): Stopped | undefined {
  const kindOf = ({ text }: Query) => queries.get(text)?.kind ?? 'unchecked';
  if (wanted.some((query) => kindOf(query) === 'refused')) return { kind: 'quarantined' };
  const unchecked = wanted.find((query) => kindOf(query) === 'unchecked');
  if (unchecked === undefined) return undefined;
  return { kind: 'waiting', detail: `${unchecked.from} is not checked yet: no Prometheus answers` };
}

function refusal({ text, from }: Query, queries: QueryVerdicts): readonly Problem[] {
  const verdict = queries.get(text);
  if (verdict?.kind !== 'refused') return [];
  return [
    {
      severity: 'error',
      where: from,
      value: text,
      message: verdict.message,
      cure: 'correct the PromQL expression; the expression browser of Prometheus shows what it gives',
    },
  ];
}

/** A rate needs two samples: over less than two scrapes there never are. */
function shortRange({ text, from }: Query, scrapeIntervalMs: number): readonly Problem[] {
  const rangeMs = shortestRangeMs(text);
  if (rangeMs === undefined || rangeMs >= 2 * scrapeIntervalMs) return [];
  return [
    {
      severity: 'warning',
      where: from,
      value: text,
      message: `looks back over ${formatDuration(rangeMs)}, in which less than two scrapes fall: one comes every ${formatDuration(scrapeIntervalMs)}`,
      cure: `look back over ${formatDuration(3 * scrapeIntervalMs)} or more`,
    },
  ];
}
