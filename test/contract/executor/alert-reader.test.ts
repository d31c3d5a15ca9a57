import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createHttpAlertReader } from '../../../executor/adapters/http-alert-reader.ts';
import { createPrometheusAsker } from '../../../executor/adapters/prometheus-asker.ts';
import { type AlertingPrometheus, startAlertingPrometheus } from '../../fakes/alerting-prometheus.ts';
import { describeAlertReader, SUITE_ALERTS } from './alert-reader-suite.ts';

describeAlertReader('the fake Prometheus', async () => {
  const prometheus = await startAlertingPrometheus();
  prometheus.setAlerts([
    { ...SUITE_ALERTS.firing, value: '9.25e+01' },
    { ...SUITE_ALERTS.pending, value: '8.1e+01', state: 'pending' },
  ]);
  return prometheus;
});

describe('of two Prometheus servers', () => {
  let first: AlertingPrometheus;
  let second: AlertingPrometheus;
  beforeEach(async () => {
    [first, second] = await Promise.all([startAlertingPrometheus(), startAlertingPrometheus()]);
    second.setAlerts([{ labels: { from: 'second' } }]);
  });
  afterEach(async () => {
    await Promise.all([first[Symbol.asyncDispose](), second[Symbol.asyncDispose]()]);
  });

  test('the first one answers while it is well', async () => {
    expect(await createHttpAlertReader(createPrometheusAsker([first.url, second.url])).list()).toEqual([]);
    expect(second.calls).toEqual([]);
  });

  test('the second one stands in while the first is not ready', async () => {
    first.setReady(false);
    expect(await createHttpAlertReader(createPrometheusAsker([first.url, second.url])).list()).toMatchObject([
      { labels: { from: 'second' } },
    ]);
  });

  test('one stays asked until it fails, and their alerts are the same without the label that tells them apart', async () => {
    first.setAlerts([{ labels: { alertname: 'a', prometheus_replica: 'one' } }]);
    second.setAlerts([{ labels: { alertname: 'a', prometheus_replica: 'two' } }]);
    const ask = createPrometheusAsker([first.url, second.url]);
    const reader = createHttpAlertReader(ask, ['prometheus_replica']);
    const fromFirst = await reader.list();
    await first.stop();
    expect(await reader.list()).toEqual(fromFirst);
    await first.start();
    expect(await reader.list()).toEqual(fromFirst);
    expect([first.calls.length, second.calls.length]).toEqual([1, 2]);
  });

  test('the failure of both names both', async () => {
    await Promise.all([first.stop(), second.stop()]);
    const failed = expect(
      createHttpAlertReader(createPrometheusAsker([first.url, second.url])).list(),
    ).rejects;
    await failed.toThrow(new RegExp(`${first.url}.*${second.url}`));
  });
});
