/** An executor's process between a real engine, Prometheus and Alertmanager, with a proxy before each of them and before it. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { callHttp } from '../../../../internal/daemon/http-client.ts';
import { type RunningBinary, startBinary } from '../../../bench/child-program.ts';
import { startEngine } from '../../../cluster/cluster.ts';
import type { Engine } from '../../../cluster/engine.ts';
import { loadBusybox } from '../../../cluster/images.ts';
import { startRealPrometheus } from '../../../contract/rulegen/real-prometheus.ts';
import { TOKEN, writeWebConfig } from '../../../e2e/executor/start-executor.ts';
import { eventually } from '../../../eventually.ts';
import { openTogether } from '../../../open-parts.ts';
import { prometheusAlerts } from '../../support/apis.ts';
import { startRealAlertmanager } from '../../support/real-alertmanager.ts';
import { startTcpProxy, type TcpProxy } from '../../support/tcp-proxy.ts';
import { alertmanagerConfig, overloadRules, portOf, prometheusConfig } from './part-configs.ts';

export const FAULTY_PARTS = ['docker', 'prometheus', 'alertmanager'] as const;
export type FaultyPart = (typeof FAULTY_PARTS)[number];

export type FaultStage = AsyncDisposable & {
  readonly engine: Engine;
  readonly image: string;
  readonly proxies: Readonly<Record<FaultyPart, TcpProxy>>;
  /** Before the executor: where Alertmanager posts. */
  readonly front: TcpProxy;
  readonly journalFile: string;
  readonly executor: () => RunningBinary;
  /** kill -9, at this very moment. */
  kill(): void;
  /** Another process, with the same journal. */
  restart(): Promise<void>;
  /** By way of `front`. */
  post(path: string, body: unknown): Promise<number>;
};

/** @param services the names for which an overload is reported, whether they are there or not */
export const openFaultStage = (services: readonly string[]): Promise<FaultStage> =>
  openTogether(async ({ use, defer, folder: makeFolder }) => {
    const folder = makeFolder('micado-faults-');
    const engine = use(await startEngine());
    const front = use(await startTcpProxy({ port: 9 }));
    const alertmanager = use(await startRealAlertmanager({ config: alertmanagerConfig([front.port]) }));
    const prometheus = use(await startRealPrometheus());
    const proxies = {
      docker: use(await startTcpProxy({ path: engine.dockerHost.replace('unix://', '') })),
      prometheus: use(await startTcpProxy({ port: portOf(prometheus.url) })),
      alertmanager: use(await startTcpProxy({ port: portOf(alertmanager.url) })),
    };
    prometheus.writeConfig(prometheusConfig([alertmanager.url]));
    writeFileSync(join(prometheus.rulesDir, 'faults.yml'), overloadRules(services));
    await callHttp({ method: 'POST', url: `${prometheus.url}/-/reload`, timeoutMs: 10_000 });
    await eventually(
      'the alerts fire',
      async () => (await prometheusAlerts(prometheus.url)).length === services.length,
    );
    const journalFile = join(folder, 'decisions.jsonl');
    const flags = [
      `--docker.host=tcp://127.0.0.1:${proxies.docker.port}`,
      `--prometheus.url=http://127.0.0.1:${proxies.prometheus.port}`,
      `--alertmanager.url=http://127.0.0.1:${proxies.alertmanager.port}`,
      `--web.config.file=${await writeWebConfig(folder)}`,
      `--journal.file=${journalFile}`,
      '--poll.interval=500ms',
    ];
    let executor: RunningBinary;
    const restart = async (): Promise<void> => {
      executor = await startBinary('executor', flags);
      front.setUpstream({ port: portOf(executor.url) });
    };
    await restart();
    defer(() => executor[Symbol.asyncDispose]());
    return {
      engine,
      image: await loadBusybox(engine),
      proxies,
      front,
      journalFile,
      executor: () => executor,
      kill: () => void process.kill(executor.pid, 'SIGKILL'),
      restart,
      post: async (path: string, body: unknown) =>
        (
          await callHttp({
            method: 'POST',
            url: `http://127.0.0.1:${front.port}${path}`,
            headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' },
            body: JSON.stringify(body),
            timeoutMs: 5_000,
          })
        ).status,
    };
  });
