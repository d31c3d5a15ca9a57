import { describe, expect, test } from '@jest/globals';
import { createHttpSuppressionReader } from '../../../executor/adapters/http-suppression-reader.ts';
import { createRememberedSuppressions } from '../../../executor/adapters/remembered-suppressions.ts';
import { startAlertmanagerServer } from '../../fakes/alertmanager-server.ts';
import { createManualClock } from '../../fakes/manual-clock.ts';
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
  expect(await createHttpSuppressionReader('').read()).toEqual({ listed: [], silences: [] });
});

describe('an Alertmanager that went away', () => {
  test('is stood in for by what it said last, for some minutes', async () => {
    await using server = await startAlertmanagerServer();
    server.silence({ application: 'web' });
    server.inhibit({ application: 'api' });
    server.sendAlert({ application: 'api' });
    server.sendAlert({ application: 'web' });
    const clock = createManualClock();
    const reader = createRememberedSuppressions(createHttpSuppressionReader(server.url), clock);
    const { silences } = await reader.read();
    await server.stop();
    const inhibited = [{ labels: { application: 'api' }, silencedBy: [], inhibitedBy: [expect.any(String)] }];
    expect(await reader.read()).toEqual({ silences, listed: inhibited });
    expect(silences).toHaveLength(1);
    await clock.advance(600_001);
    await expect(reader.read()).rejects.toMatchObject({ code: 'unavailable' });
  });

  test('is unknown where it never answered', async () => {
    await using server = await startAlertmanagerServer();
    await server.stop();
    const reader = createRememberedSuppressions(createHttpSuppressionReader(server.url), createManualClock());
    await expect(reader.read()).rejects.toMatchObject({ code: 'unavailable' });
  });
});
