/** Pools and their load, as Prometheus tells of them. */
import { describe, expect, test } from '@jest/globals';
import { createHttpLoadReader } from '../../../executor/adapters/http-load-reader.ts';
import { createHttpRuleReader } from '../../../executor/adapters/http-rule-reader.ts';
import { createPrometheusAsker } from '../../../executor/adapters/prometheus-asker.ts';
import { createRulePoolRegistry } from '../../../executor/adapters/rule-pool-registry.ts';
import { startAlertingPrometheus } from '../../fakes/alerting-prometheus.ts';

const RULE = {
  labels: { alert: 'overloaded', type: 'VM', infra_id: 'i', node: 'worker' },
  annotations: { min: '1', max: '4' },
};

const registryAt = (url: string) =>
  createRulePoolRegistry(createHttpRuleReader(createPrometheusAsker([url])));

describe('the list of pools', () => {
  test('is what the rules of workers say, firing or not', async () => {
    await using prometheus = await startAlertingPrometheus();
    prometheus.setRules([RULE, { labels: { type: 'docker', application: 'web' }, annotations: {} }]);
    expect(await registryAt(prometheus.url).list()).toEqual([RULE]);
  });

  test('is away, not empty, while Prometheus is', async () => {
    await using prometheus = await startAlertingPrometheus();
    prometheus.setReady(false);
    const { list } = registryAt(prometheus.url);
    await expect(list()).rejects.toMatchObject({ code: 'unavailable' });
  });
});

describe('the load of workers', () => {
  test('is told of each that is scraped, and is unknown rather than zero', async () => {
    await using prometheus = await startAlertingPrometheus();
    prometheus.setWorkers([
      { pool: 'worker', node: 'w1', busy: 0.25 },
      { pool: 'worker', node: 'w2', up: 0 },
      { pool: 'gpu', node: 'w3', busy: 0.5 },
    ]);
    expect(await createHttpLoadReader(createPrometheusAsker([prometheus.url])).read('worker')).toEqual([
      { hostname: 'w1', isScraped: true, busy: 0.25 },
      { hostname: 'w2', isScraped: false, busy: undefined },
    ]);
  });

  test('is asked for with the same two queries, whatever the pool is called', async () => {
    await using prometheus = await startAlertingPrometheus();
    const load = createHttpLoadReader(createPrometheusAsker([prometheus.url]));
    await load.read('worker');
    await load.read('"} or vector(1) #');
    expect(prometheus.queries()).toHaveLength(2);
    expect(prometheus.queries().join()).not.toContain('vector');
  });
});
