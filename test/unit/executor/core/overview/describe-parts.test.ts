import { expect, test } from '@jest/globals';
import { describeScraped } from '../../../../../executor/core/overview/describe-parts.ts';

const scraped = (...up: readonly boolean[]) => ({
  kind: 'known' as const,
  value: up.map((isUp, index) => ({ job: 'exporter', instance: `n${index}:9200`, isUp, sinceMs: undefined })),
});

test.each([
  ['all answer', scraped(true, true), 'well', 'All 2 answer.'],
  ['the only one answers', scraped(true), 'well', ''],
  ['some do not', scraped(true, false), 'late', '1 of 2 do not answer: n1:9200.'],
  ['none does', scraped(false), 'away', 'No answer to Prometheus from n0:9200.'],
  ['there is none', scraped(), 'away', 'Prometheus scrapes no exporter.'],
  [
    'many do not, of which three are named',
    scraped(true, false, false, false, false),
    'late',
    '4 of 5 do not answer: n1:9200, n2:9200, n3:9200 and 1 more.',
  ],
])('%s', (_, given, state, reason) => {
  expect(describeScraped('exporter', given)).toMatchObject({ name: 'exporter', state, reason, since: null });
});

const HOUR_MS = 3_600_000;
const since = (...all: readonly (readonly [isUp: boolean, sinceHours: number | undefined])[]) =>
  describeScraped('exporter', {
    kind: 'known',
    value: all.map(([isUp, hours], index) => ({
      job: 'exporter',
      instance: `n${index}:9200`,
      isUp,
      sinceMs: hours === undefined ? undefined : hours * HOUR_MS,
    })),
  });
const at = (hours: number): string => new Date(hours * HOUR_MS).toISOString();

test.each([
  ['well since the last came back', since([true, 2], [true, 5], [true, undefined]), at(5)],
  ['well for longer than anybody knows', since([true, undefined]), null],
  ['incomplete since the first went away', since([false, 4], [false, 3], [true, 1]), at(3)],
  ['incomplete for longer than anybody knows', since([false, 4], [false, undefined], [true, 1]), null],
  ['away since the last went away', since([false, 4], [false, 3]), at(4)],
])('%s', (_, part, expected) => {
  expect(part.since).toBe(expected);
});

test('each that does not answer is listed, with its own time', () => {
  expect(since([false, 4], [true, 1], [false, undefined]).missing).toEqual([
    { name: 'n0:9200', since: at(4) },
    { name: 'n2:9200', since: null },
  ]);
});

test('without Prometheus nobody knows', () => {
  expect(describeScraped('exporter', { kind: 'away', problem: 'x' }).state).toBe('unknown');
});

test('files in quarantine need a look', () => {
  const rulegen = { job: 'rulegen', instance: 'a', isUp: true, sinceMs: HOUR_MS };
  expect(describeScraped('rulegen', { kind: 'known', value: [rulegen] }, ['service-web.yml'])).toMatchObject({
    state: 'late',
    reason: 'Rules in quarantine: service-web.yml.',
    since: null,
  });
});
