/** What Alertmanager posts, version 4, for one alert of one service. */
export type WebhookOverrides = {
  readonly externalURL?: string;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly status?: 'firing' | 'resolved';
};

export function aWebhook(
  service: string,
  alert: 'overloaded' | 'underloaded',
  overrides: WebhookOverrides = {},
) {
  const { externalURL = 'http://localhost:9093', annotations = {}, status = 'firing' } = overrides;
  const labels = { alertname: `${service}_${alert}`, alert, type: 'docker', application: service };
  return {
    version: '4',
    groupKey: `{}:{application="${service}", type="docker"}`,
    truncatedAlerts: 0,
    status,
    receiver: 'executor',
    groupLabels: { application: service, type: 'docker' },
    commonLabels: labels,
    commonAnnotations: annotations,
    externalURL,
    alerts: [
      {
        status,
        labels,
        annotations,
        startsAt: '2026-01-01T00:00:00.000Z',
        endsAt: '0001-01-01T00:00:00Z',
        generatorURL: '',
        fingerprint: '0123456789abcdef',
      },
    ],
  };
}
