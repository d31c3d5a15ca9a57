/** An Alertmanager as far as alerts and silences go: it lists what a test sent to it, and applies silences by equality. */
import { type JsonServer, startJsonServer } from './json-server.ts';

type Labels = Readonly<Record<string, string>>;

export type AlertmanagerServer = JsonServer & {
  /** As if Prometheus had sent it. */
  sendAlert(labels: Labels): void;
  /** An alert with these labels is inhibited from now on. */
  inhibit(labels: Labels): void;
  silence(labels: Labels): void;
  clear(): void;
};

export async function startAlertmanagerServer(): Promise<AlertmanagerServer> {
  const alerts: Labels[] = [];
  const inhibited: Labels[] = [];
  const silences: Labels[] = [];
  const covers = (part: Labels, whole: Labels): boolean =>
    Object.entries(part).every(([name, value]) => whole[name] === value);

  const listAlerts = () =>
    alerts.map((labels) => {
      const silencedBy = silences.flatMap((one, index) => (covers(one, labels) ? [`silence-${index}`] : []));
      const inhibitedBy = inhibited.some((one) => covers(one, labels)) ? ['0123456789abcdef'] : [];
      const isSuppressed = silencedBy.length + inhibitedBy.length > 0;
      return {
        labels,
        annotations: {},
        fingerprint: '0123456789abcdef',
        receivers: [{ name: 'executor' }],
        status: { state: isSuppressed ? 'suppressed' : 'active', silencedBy, inhibitedBy },
      };
    });
  const listSilences = () =>
    silences.map((labels, index) => ({
      id: `silence-${index}`,
      status: { state: 'active' },
      startsAt: '2020-01-01T00:00:00.000Z',
      endsAt: '2099-01-01T00:00:00.000Z',
      matchers: Object.entries(labels).map(([name, value]) => ({
        name,
        value,
        isRegex: false,
        isEqual: true,
      })),
    }));
  const server = await startJsonServer((_request, path) => {
    if (path === '/api/v2/alerts') return { status: 200, json: listAlerts() };
    if (path === '/api/v2/silences') return { status: 200, json: listSilences() };
    return { status: 404, json: `path ${path} was not found` };
  });
  return {
    ...server,
    sendAlert: (labels) => void alerts.push(labels),
    inhibit: (labels) => void inhibited.push(labels),
    silence: (labels) => void silences.push(labels),
    clear() {
      for (const list of [alerts, inhibited, silences]) list.length = 0;
    },
  };
}
