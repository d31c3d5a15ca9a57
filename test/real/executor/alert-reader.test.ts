import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeAlertReader, SUITE_ALERTS } from '../../contract/executor/alert-reader-suite.ts';
import { startRealPrometheus } from '../../contract/rulegen/real-prometheus.ts';

type SuiteAlert = (typeof SUITE_ALERTS)[keyof typeof SUITE_ALERTS];

function ruleOf({ labels: { alertname, ...labels }, annotations, value }: SuiteAlert, waits: string) {
  return { alert: alertname, expr: `vector(${value})`, for: waits, labels, annotations };
}

describeAlertReader('the real Prometheus', async () => {
  const prometheus = await startRealPrometheus();
  const rules = [ruleOf(SUITE_ALERTS.firing, '0s'), ruleOf(SUITE_ALERTS.pending, '1h')];
  // JSON is YAML.
  const file = JSON.stringify({ groups: [{ name: 'suite', interval: '1s', rules }] });
  writeFileSync(join(prometheus.rulesDir, 'suite.yml'), file);
  await fetch(`${prometheus.url}/-/reload`, { method: 'POST' });
  return prometheus;
});
