/** What the executor takes for granted of Prometheus, asked of the fake and of the real one. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createHttpAlertReader } from '../../../executor/adapters/http-alert-reader.ts';
import { createPrometheusAsker } from '../../../executor/adapters/prometheus-asker.ts';
import { eventually } from '../../eventually.ts';

export const SUITE_ALERTS = {
  firing: {
    labels: { alertname: 'web_overloaded', alert: 'overloaded', type: 'docker', application: 'web' },
    annotations: { min: '1', max: '4' },
    value: 92.5,
  },
  pending: {
    labels: { alertname: 'api_overloaded', alert: 'overloaded', type: 'docker', application: 'api' },
    annotations: {},
    value: 81,
  },
} as const;

/** A Prometheus in which the first alert fires and the second one is pending. */
export type AlertReaderSubject = AsyncDisposable & { readonly url: string; stop(): Promise<void> };

export function describeAlertReader(name: string, start: () => Promise<AlertReaderSubject>): void {
  describe(`the alerts of ${name}`, () => {
    let subject: AlertReaderSubject;
    beforeAll(async () => {
      subject = await start();
    }, 60_000);
    afterAll(async () => {
      await subject?.[Symbol.asyncDispose]();
    });

    test('are read with state, labels, annotations, value and time', async () => {
      const reader = createHttpAlertReader(createPrometheusAsker([subject.url]));
      const alerts = await eventually(
        'both alerts are there',
        async () => {
          const list = await reader.list();
          return list.some(({ state }) => state === 'firing') && list.length === 2 && list;
        },
        { withinMs: 30_000, everyMs: 200 },
      );
      for (const state of ['firing', 'pending'] as const)
        expect(alerts).toContainEqual({ ...SUITE_ALERTS[state], state, activeAtMs: expect.any(Number) });
      expect(alerts.every(({ activeAtMs }) => Number.isFinite(activeAtMs))).toBe(true);
    }, 40_000);

    test('are unavailable, not empty, when it is down', async () => {
      const reader = createHttpAlertReader(createPrometheusAsker([subject.url]));
      await subject.stop();
      await expect(reader.list()).rejects.toMatchObject({ code: 'unavailable' });
    });
  });
}
