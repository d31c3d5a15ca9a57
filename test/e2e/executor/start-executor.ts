/** A whole executor on a free port, with a fake Docker, Prometheus and Alertmanager around it. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { executorFlags } from '../../../executor/config.ts';
import type { PoolId } from '../../../executor/core/workers/pool-report.ts';
import { createExecutor } from '../../../executor/executor.ts';
import type { NodeProvider } from '../../../executor/ports.ts';
import { systemClock } from '../../../internal/daemon/clock.ts';
import { parseFlags } from '../../../internal/daemon/flags.ts';
import { silentLogger } from '../../../internal/daemon/logger.ts';
import { runGroup } from '../../../internal/daemon/run-group.ts';
import { type AlertingPrometheus, startAlertingPrometheus } from '../../fakes/alerting-prometheus.ts';
import { type AlertmanagerServer, startAlertmanagerServer } from '../../fakes/alertmanager-server.ts';
import { type DockerEngineServer, startDockerEngineServer } from '../../fakes/docker-engine-server.ts';
import type { EngineStateOptions } from '../../fakes/docker-engine-state.ts';

export const TOKEN = 'a-token-that-only-the-tests-know';

export type Decision = Readonly<Record<string, unknown>> & { readonly reason: string };

export type Stage = AsyncDisposable & {
  readonly docker: DockerEngineServer;
  readonly prometheus: AlertingPrometheus;
  readonly alertmanager: AlertmanagerServer;
  readonly journalFile: string;
  startExecutor(...flags: readonly string[]): Promise<RunningExecutor>;
};

export type RunningExecutor = AsyncDisposable & {
  readonly url: string;
  post(path: string, body: unknown, headers?: Readonly<Record<string, string>>): Promise<Response>;
  get(path: string): Promise<Response>;
  getJson<T = Readonly<Record<string, unknown>>>(path: string): Promise<T>;
  /** All journalled decisions about the target, oldest first. */
  decisions(target: string): Promise<readonly Decision[]>;
};

export type StageOptions = EngineStateOptions & { readonly nodeProvider?: NodeProvider };

export async function setStage({ nodeProvider, ...engine }: StageOptions = {}): Promise<Stage> {
  const folder = await mkdtemp(join(tmpdir(), 'executor-'));
  const [docker, prometheus, alertmanager] = await Promise.all([
    startDockerEngineServer(engine),
    startAlertingPrometheus(),
    startAlertmanagerServer(),
  ]);
  const webConfigFile = await writeWebConfig(folder);
  const journalFile = join(folder, 'decisions.jsonl');
  return {
    docker,
    prometheus,
    alertmanager,
    journalFile,
    startExecutor: (...flags) =>
      startRunningExecutor(
        [
          '--web.listen-address=127.0.0.1:0',
          `--web.config.file=${webConfigFile}`,
          `--docker.host=${docker.address}`,
          `--prometheus.url=${prometheus.url}`,
          `--alertmanager.url=${alertmanager.url}`,
          `--journal.file=${journalFile}`,
          // So long that only a webhook, or the executor's own timer, wakes it.
          '--poll.interval=1h',
          ...flags,
        ],
        nodeProvider,
      ),
    async [Symbol.asyncDispose]() {
      await Promise.all([docker, prometheus, alertmanager].map((part) => part[Symbol.asyncDispose]()));
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** The file that makes an executor take what `post` sends. */
export async function writeWebConfig(folder: string): Promise<string> {
  const path = join(folder, 'web.yml');
  await writeFile(join(folder, 'token'), TOKEN);
  await writeFile(path, 'bearer_token_files: [token]\n');
  return path;
}

export async function startRunningExecutor(
  argv: readonly string[],
  nodeProvider?: NodeProvider,
): Promise<RunningExecutor> {
  const parsed = parseFlags(executorFlags, argv, {});
  if (parsed.kind !== 'run') throw new Error(`wrong flags: ${JSON.stringify(parsed)}`);
  const { actors, url } = await createExecutor(parsed.values, {
    logger: silentLogger,
    clock: systemClock,
    ...(nodeProvider === undefined ? {} : { nodeProvider }),
  });
  let stop: () => void = () => {};
  const stopped = new Promise<void>((resolve) => {
    stop = resolve;
  });
  const ended = runGroup([{ name: 'test', run: () => stopped }, ...actors], silentLogger);

  const get = (path: string): Promise<Response> => fetch(`${url}${path}`);
  const getJson = async <T>(path: string): Promise<T> => (await (await get(path)).json()) as T;
  return {
    url,
    get,
    getJson,
    post: (path, body, headers = {}) =>
      fetch(`${url}${path}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json', ...headers },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      }),
    async decisions(target) {
      const path = `/api/v1/decisions?target=${encodeURIComponent(target)}`;
      const { decisions } = await getJson<{ decisions: readonly Decision[] }>(path);
      return decisions.toReversed();
    },
    async [Symbol.asyncDispose]() {
      stop();
      const { error } = await ended;
      if (error !== undefined) throw error;
    },
  };
}

/** What Alertmanager posts for one alert. */
export function aWebhook(labels: Readonly<Record<string, string>>, status: 'firing' | 'resolved' = 'firing') {
  return {
    version: '4',
    groupKey: '{}:{}',
    truncatedAlerts: 0,
    status,
    receiver: 'executor',
    groupLabels: {},
    commonLabels: labels,
    commonAnnotations: {},
    externalURL: 'http://127.0.0.1:9093',
    alerts: [
      {
        status,
        labels,
        annotations: {},
        startsAt: '2026-01-01T00:00:00.000Z',
        endsAt: '0001-01-01T00:00:00Z',
        generatorURL: '',
        fingerprint: '0123456789abcdef',
      },
    ],
  };
}

export const alertLabels = (application: string, alert = 'overloaded') => ({
  alertname: `${application}_${alert}`,
  alert,
  type: 'docker',
  application,
});

export const poolAlertLabels = ({ infraId, node }: PoolId, alert: string) => ({
  alertname: `${node}_${alert}`,
  alert,
  type: 'VM',
  infra_id: infraId,
  node,
  cluster: 'worker_cluster',
});
