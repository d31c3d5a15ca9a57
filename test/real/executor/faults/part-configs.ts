/** What the parts around an executor are told. JSON is YAML. */
import {
  ALERT_ANNOTATION,
  ALERT_KIND,
  ALERT_LABEL,
  ALERT_TYPE,
  deciderAlertName,
} from '../../../../internal/contract/alerts.ts';
import { TOKEN } from '../../../e2e/executor/start-executor.ts';

export const portOf = (url: string): number => Number(new URL(url).port);

/** @param ports where the executors are posted to */
export const alertmanagerConfig = (ports: readonly number[]): string =>
  JSON.stringify({
    route: { receiver: 'executor', group_by: ['application'], group_wait: '0s', group_interval: '1s' },
    receivers: [
      {
        name: 'executor',
        webhook_configs: ports.map((port) => ({
          url: `http://127.0.0.1:${port}/`,
          http_config: { authorization: { credentials: TOKEN } },
        })),
      },
    ],
  });

/** @param replica tells the servers of a pair apart; Alertmanager is sent the alerts without it */
export const prometheusConfig = (alertmanagerUrls: readonly string[], replica = 'a'): string =>
  JSON.stringify({
    global: {
      scrape_interval: '1s',
      evaluation_interval: '1s',
      external_labels: { prometheus_replica: replica },
    },
    rule_files: ['rules/*.yml'],
    alerting: {
      alert_relabel_configs: [{ action: 'labeldrop', regex: 'prometheus_replica' }],
      alertmanagers: [{ static_configs: [{ targets: alertmanagerUrls.map((url) => new URL(url).host) }] }],
    },
  });

/** Each asks for one replica more, and then for no other one for an hour. */
export const overloadRules = (services: readonly string[]): string =>
  JSON.stringify({
    groups: [
      {
        name: 'faults',
        rules: services.map((service) => ({
          alert: deciderAlertName(service, 'overloaded'),
          expr: 'vector(95)',
          labels: {
            [ALERT_LABEL.alert]: ALERT_KIND.overloaded,
            [ALERT_LABEL.type]: ALERT_TYPE.service,
            [ALERT_LABEL.application]: service,
          },
          annotations: { [ALERT_ANNOTATION.max]: '5', [ALERT_ANNOTATION.cooldown]: '1h' },
        })),
      },
    ],
  });
