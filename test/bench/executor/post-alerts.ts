/** Posts webhooks as Alertmanager does: version 4, on connections that stay open. */
import { Agent, request } from 'node:http';
import { ALERT_KIND, ALERT_LABEL, ALERT_TYPE, deciderAlertName } from '../../../internal/contract/alerts.ts';
import type { Webhook } from './alerting-stack.ts';

export type PostedAlert = { readonly service: string; readonly status: 'firing' | 'resolved' };

export type Poster = Disposable & {
  /** How long the answer took. Anything but 200 is an error. */
  post(alerts: readonly PostedAlert[]): Promise<number>;
};

const NEVER = '0001-01-01T00:00:00Z';

export function createPoster({ url, token }: Webhook): Poster {
  const agent = new Agent({ keepAlive: true });
  return {
    post(alerts) {
      const body = JSON.stringify(webhook(alerts));
      const startMs = performance.now();
      return new Promise((resolve, reject) => {
        const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
        const sent = request(url, { method: 'POST', agent, headers }, (response) => {
          response.resume();
          response.on('end', () => {
            if (response.statusCode === 200) resolve(performance.now() - startMs);
            else reject(new Error(`the executor answered ${response.statusCode} to a webhook`));
          });
        });
        sent.on('error', reject);
        sent.end(body);
      });
    },
    [Symbol.dispose]: () => agent.destroy(),
  };
}

function webhook(alerts: readonly PostedAlert[]): object {
  return {
    version: '4',
    groupKey: '{}:{type="docker"}',
    truncatedAlerts: 0,
    status: alerts.some(({ status }) => status === 'firing') ? 'firing' : 'resolved',
    receiver: 'executor',
    groupLabels: { [ALERT_LABEL.type]: ALERT_TYPE.service },
    commonLabels: { [ALERT_LABEL.type]: ALERT_TYPE.service },
    commonAnnotations: {},
    externalURL: 'http://localhost:9093',
    alerts: alerts.map(({ service, status }) => ({
      status,
      labels: {
        [ALERT_LABEL.alertname]: deciderAlertName(service, 'overloaded'),
        [ALERT_LABEL.alert]: ALERT_KIND.overloaded,
        [ALERT_LABEL.type]: ALERT_TYPE.service,
        [ALERT_LABEL.application]: service,
      },
      annotations: { summary: `${service} is overloaded`, value: '1', min: '0', max: '1' },
      startsAt: new Date().toISOString(),
      endsAt: status === 'firing' ? NEVER : new Date().toISOString(),
      generatorURL: 'http://localhost:9090/graph',
      fingerprint: '0123456789abcdef',
    })),
  };
}
