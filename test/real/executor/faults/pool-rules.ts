/** A pool as Prometheus tells of it, without any exporter: its two rules, of which one fires, and its workers' load as recorded series. */
import { ALERT_ANNOTATION, ALERT_LABEL, ALERT_TYPE } from '../../../../internal/contract/alerts.ts';
import { CONTAINER_METRIC, MACHINE_METRIC } from '../../../../internal/contract/metrics.ts';

type Pool = { readonly infraId: string; readonly node: string };

/** Whichever engine it is; the first is the least busy, though it has all the tasks. */
const BUSY: Readonly<Record<string, number>> = { w1: 0.01, w2: 0.4, w3: 0.4, w4: 0.4 };
const KINDS = ['overloaded', 'underloaded'] as const;

export function poolRules({ infraId, node: pool }: Pool, firing: (typeof KINDS)[number] | undefined): string {
  const alerts = KINDS.map((kind) => ({
    alert: `${pool}_${kind}`,
    expr: kind === firing ? (kind === 'overloaded' ? 'vector(95)' : 'vector(5)') : 'vector(0) > 1',
    labels: {
      [ALERT_LABEL.alert]: kind,
      [ALERT_LABEL.type]: ALERT_TYPE.worker,
      [ALERT_LABEL.infraId]: infraId,
      [ALERT_LABEL.node]: pool,
    },
    annotations: {
      [ALERT_ANNOTATION.min]: '1',
      [ALERT_ANNOTATION.max]: '2',
      [ALERT_ANNOTATION.step]: '1',
      [ALERT_ANNOTATION.cooldown]: '3s',
    },
  }));
  const series = Object.entries(BUSY).flatMap(([node, busy]) => [
    { record: 'up', expr: 'vector(1)', labels: { pool, node } },
    { record: MACHINE_METRIC.cpuCores, expr: 'vector(1)', labels: { pool, node } },
    {
      record: CONTAINER_METRIC.cpuUsageSeconds,
      expr: `vector(time() * ${busy})`,
      labels: { pool, node, id: '/' },
    },
  ]);
  // JSON is YAML.
  return JSON.stringify({ groups: [{ name: 'pool', rules: [...alerts, ...series] }] });
}
