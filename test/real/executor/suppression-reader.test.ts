import { describeSuppressionReader } from '../../contract/executor/suppression-reader-suite.ts';
import { startRealAlertmanager } from '../support/real-alertmanager.ts';

const fromNow = (ms: number): string => new Date(Date.now() + ms).toISOString();

describeSuppressionReader('the real Alertmanager', async () => {
  const alertmanager = await startRealAlertmanager();
  const sendAlert = (labels: Readonly<Record<string, string>>): Promise<void> =>
    alertmanager.post('/api/v2/alerts', [{ labels: { ...labels, monitor: 'external label' } }]);
  await sendAlert({ alertname: 'inhibitor' });
  return {
    ...alertmanager,
    sendAlert,
    silence: (labels) =>
      alertmanager.post('/api/v2/silences', {
        matchers: Object.entries(labels).map(([name, value]) => ({ name, value, isRegex: false })),
        startsAt: fromNow(-1_000),
        endsAt: fromNow(600_000),
        createdBy: 'test',
        comment: 'test',
      }),
  };
});
