import { expect, test } from '@jest/globals';
import { describeScraped } from '../../../../../executor/core/overview/describe-parts.ts';

const scraped = (...up: readonly boolean[]) => ({
  kind: 'known' as const,
  value: up.map((isUp, index) => ({ job: 'exporter', instance: `n${index}:9200`, isUp })),
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
  expect(describeScraped('exporter', given)).toEqual({ name: 'exporter', state, reason });
});

test('without Prometheus nobody knows', () => {
  expect(describeScraped('exporter', { kind: 'away', problem: 'x' }).state).toBe('unknown');
});

test('files in quarantine need a look', () => {
  const rulegen = { kind: 'known' as const, value: [{ job: 'rulegen', instance: 'a', isUp: true }] };
  expect(describeScraped('rulegen', rulegen, ['service-web.yml'])).toMatchObject({
    state: 'late',
    reason: 'Rules in quarantine: service-web.yml.',
  });
});
