import { describe, expect, test } from '@jest/globals';
import { parseScrapeQuery } from '../../../../exporter/core/scrape-query.ts';

const ENABLED = ['cpu', 'memory', 'network'];
const KNOWN = [...ENABLED, 'swarm'];
const parse = (query: string, timeout?: string) => parseScrapeQuery(query, timeout, ENABLED, KNOWN);

describe('what a scrape asks for', () => {
  test('is everything that is on, without a word', () => {
    expect(parse('')).toEqual({ kind: 'scrape', collectors: ENABLED, budgetMs: Number.POSITIVE_INFINITY });
  });

  test('is the collectors that it names, each once and in their own order', () => {
    const asked = 'collect[]=memory&collect%5B%5D=cpu&collect[]=memory&other=1';
    expect(parse(asked)).toMatchObject({ collectors: ['cpu', 'memory'] });
  });

  test('is refused when there is no such collector, with the one that is probably meant', () => {
    expect(parse('collect[]=cpu&collect[]=memmory')).toEqual({
      kind: 'refused',
      problem: 'there is no collector "memmory"; did you mean "memory"?; there are cpu, memory, network',
    });
  });

  test('is refused when the collector is switched off, with the flag that did it', () => {
    expect(parse('collect[]=swarm')).toEqual({
      kind: 'refused',
      problem: 'collector "swarm" is switched off by --no-collector.swarm',
    });
  });
});

describe('the time for a scrape', () => {
  test.each([
    ['10', 9_500],
    ['2', 1_500],
    ['1.25', 750],
    ['1', 500],
    ['0.4', 200],
  ])('of %s s leaves half a second for sending, or half of it', (timeout, budgetMs) => {
    expect(parse('', timeout)).toMatchObject({ budgetMs });
  });

  test.each(['', '0', '-1', 'soon', '1e3', 'Infinity'])('is unlimited when the header says %j', (timeout) => {
    expect(parse('', timeout)).toMatchObject({ budgetMs: Number.POSITIVE_INFINITY });
  });
});
