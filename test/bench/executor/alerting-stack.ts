/** Prometheus, Alertmanager and the executor's bundle beside an engine, as in use; which alerts fire is the bench's to say. */
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import {
  ALERT_ANNOTATION,
  ALERT_KIND,
  ALERT_LABEL,
  ALERT_TYPE,
  deciderAlertName,
} from '../../../internal/contract/alerts.ts';
import { callHttp, callJson } from '../../../internal/daemon/http-client.ts';
import type { Engine } from '../../cluster/engine.ts';
import { startRealPrometheus } from '../../contract/rulegen/real-prometheus.ts';
import { eventually } from '../../eventually.ts';
import { openTogether } from '../../open-parts.ts';
import { startRealAlertmanager } from '../../real/support/real-alertmanager.ts';
import { type RunningBinary, startBinary } from '../child-program.ts';

export type AlertingStack = AsyncDisposable & {
  readonly executor: RunningBinary;
  readonly webhook: Webhook;
  /** Makes Prometheus list exactly these services as overloaded. */
  fire(services: readonly string[]): Promise<void>;
  /** Another executor beside the first, to see how it starts. */
  startExecutor(): Promise<RunningBinary>;
};

/** Where Alertmanager would post, and with what. */
export type Webhook = { readonly url: string; readonly token: string };

const FIRING_WITHIN_MS = 60_000;

export const startAlertingStack = (engine: Engine): Promise<AlertingStack> =>
  openTogether(async ({ use, folder: makeFolder }) => {
    const folder = makeFolder('micado-bench-');
    const prometheus = use(await startRealPrometheus());
    const alertmanager = use(await startRealAlertmanager());
    const token = randomBytes(16).toString('hex');
    writeFileSync(join(folder, 'token'), token);
    const flags = executorFlags(engine, folder, prometheus.url, alertmanager.url);
    const executor = use(await startBinary('executor', flags('decisions.jsonl')));
    return {
      executor,
      webhook: { url: `${executor.url}/api/v1/alerts`, token },
      fire: (services: readonly string[]) => fire(prometheus, services),
      startExecutor: () => startBinary('executor', flags('another.jsonl')),
    };
  });

function executorFlags(engine: Engine, folder: string, prometheusUrl: string, alertmanagerUrl: string) {
  writeFileSync(join(folder, 'web.yml'), 'bearer_token_files: [token]\n');
  return (journal: string): readonly string[] => [
    `--docker.host=${engine.dockerHost}`,
    `--prometheus.url=${prometheusUrl}`,
    `--alertmanager.url=${alertmanagerUrl}`,
    `--web.config.file=${join(folder, 'web.yml')}`,
    `--journal.file=${join(folder, journal)}`,
    // So long that only a webhook wakes it.
    '--poll.interval=1h',
  ];
}

type Prometheus = { readonly url: string; readonly rulesDir: string };

async function fire({ url, rulesDir }: Prometheus, services: readonly string[]): Promise<void> {
  // JSON is YAML.
  const groups = [{ name: 'bench', rules: services.map(overloadedRule) }];
  writeFileSync(join(rulesDir, 'bench.yml'), JSON.stringify({ groups }));
  await callHttp({ method: 'POST', url: `${url}/-/reload`, timeoutMs: 10_000 });
  await eventually(
    `${services.length} alerts fire`,
    async () => {
      const firing = new Set(await firingServices(url));
      return firing.size === services.length && services.every((name) => firing.has(name));
    },
    { withinMs: FIRING_WITHIN_MS, everyMs: 250 },
  );
}

/** The rule of a service with a query of its own, whose total asks for one replica. */
const overloadedRule = (service: string): object => ({
  alert: deciderAlertName(service, 'overloaded'),
  expr: 'vector(1)',
  labels: {
    [ALERT_LABEL.alert]: ALERT_KIND.overloaded,
    [ALERT_LABEL.type]: ALERT_TYPE.service,
    [ALERT_LABEL.application]: service,
  },
  annotations: {
    [ALERT_ANNOTATION.metric]: 'query',
    [ALERT_ANNOTATION.strategy]: 'target',
    [ALERT_ANNOTATION.target]: '1',
    [ALERT_ANNOTATION.min]: '0',
    [ALERT_ANNOTATION.max]: '1',
  },
});

const alertsAnswer = z.object({
  data: z.object({
    alerts: z.array(z.object({ state: z.string(), labels: z.record(z.string(), z.string()) })),
  }),
});

async function firingServices(url: string): Promise<readonly string[]> {
  const answer = alertsAnswer.parse(await callJson({ url: `${url}/api/v1/alerts`, timeoutMs: 10_000 }));
  return answer.data.alerts
    .filter(({ state }) => state === 'firing')
    .map(({ labels }) => labels[ALERT_LABEL.application] ?? '');
}
