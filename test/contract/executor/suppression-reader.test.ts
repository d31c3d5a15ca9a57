import { describe, expect, test } from '@jest/globals';
import { createHttpSuppressionReader } from '../../../executor/adapters/http-suppression-reader.ts';
import { createRememberedSuppressions } from '../../../executor/adapters/remembered-suppressions.ts';
import { startAlertmanagerServer } from '../../fakes/alertmanager-server.ts';
import { describeSuppressionReader } from './suppression-reader-suite.ts';

describeSuppressionReader('the fake Alertmanager', async () => {
  const server = await startAlertmanagerServer();
  server.inhibit({ application: 'inhibited' });
  return {
    ...server,
    sendAlert: async (labels) => server.sendAlert(labels),
    silence: async (labels) => server.silence(labels),
  };
});

test('without an address nothing is ever suppressed', async () => {
  expect(await createHttpSuppressionReader([]).read()).toEqual({ listed: [], silences: [] });
});

describe('of two Alertmanagers', () => {
  test('the second one stands in while the first is away, without the label of whichever Prometheus told it', async () => {
    await using first = await startAlertmanagerServer();
    await using second = await startAlertmanagerServer();
    await first.stop();
    second.inhibit({ application: 'web' });
    second.sendAlert({ application: 'web', prometheus_replica: 'b' });
    const reader = createHttpSuppressionReader([first.url, second.url], ['prometheus_replica']);
    expect((await reader.read()).listed).toMatchObject([
      { labels: { application: 'web' }, inhibitedBy: [expect.any(String)] },
    ]);
    expect((await reader.read()).listed[0]?.labels).toEqual({ application: 'web' });
  });
});

describe('an Alertmanager that went away', () => {
  test('is stood in for by what it said last, and the reader is told so', async () => {
    await using server = await startAlertmanagerServer();
    server.silence({ application: 'web' });
    server.inhibit({ application: 'api' });
    server.sendAlert({ application: 'api' });
    server.sendAlert({ application: 'web' });
    const reader = createRememberedSuppressions(createHttpSuppressionReader([server.url]));
    const { silences } = await reader.read();
    await server.stop();
    const inhibited = [{ labels: { application: 'api' }, silencedBy: [], inhibitedBy: [expect.any(String)] }];
    expect(await reader.read()).toEqual({
      silences,
      listed: inhibited,
      outdatedBecause: expect.stringContaining(server.url),
    });
    expect(silences).toHaveLength(1);
    await server.start();
    expect(await reader.read()).not.toHaveProperty('outdatedBecause');
  });

  test('is unknown where it never answered', async () => {
    await using server = await startAlertmanagerServer();
    await server.stop();
    const reader = createRememberedSuppressions(createHttpSuppressionReader([server.url]));
    await expect(reader.read()).rejects.toMatchObject({ code: 'unavailable' });
  });
});
