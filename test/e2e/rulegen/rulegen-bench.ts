/** rulegen as it runs, with a fake Docker engine and a fake Prometheus around it. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLogger } from '../../../internal/daemon/logger.ts';
import { runGroup } from '../../../internal/daemon/run-group.ts';
import type { RulegenConfig } from '../../../rulegen/config.ts';
import { createRulegen } from '../../../rulegen/rulegen.ts';
import { type DockerEngineServer, startDockerEngineServer } from '../../fakes/docker-engine-server.ts';
import { type FakePrometheus, startFakePrometheus } from '../../fakes/prometheus-server.ts';

export type RulegenBench = AsyncDisposable & {
  readonly engine: DockerEngineServer;
  readonly prometheus: FakePrometheus;
  readonly rulesDir: string;
  readonly policyFile: string;
  readonly url: string;
  /** Ends rulegen; the world around it stays. */
  stop(): Promise<void>;
};

export type BenchOptions = {
  readonly config?: Partial<RulegenConfig>;
  /** Of the test's own, which removes it; else the bench has one. */
  readonly rulesDir?: string;
  /** The address of a second server, with whatever rules folder. */
  readonly extraPrometheus?: string;
  /** What a POST must carry; without it nobody may POST. */
  readonly token?: string;
  /** The text of a policy file; without it there is none. */
  readonly policy?: string;
  /** Before rulegen starts. */
  readonly before?: (around: {
    readonly engine: DockerEngineServer;
    readonly prometheus: FakePrometheus;
    readonly rulesDir: string;
  }) => void | Promise<void>;
};

export async function startRulegenBench({
  config = {},
  policy,
  rulesDir: ownRulesDir,
  extraPrometheus,
  token,
  before,
}: BenchOptions = {}): Promise<RulegenBench> {
  const folder = mkdtempSync(join(tmpdir(), 'micado-rulegen-'));
  const rulesDir = ownRulesDir ?? mkdtempSync(join(tmpdir(), 'micado-rules-'));
  const engine = await startDockerEngineServer();
  const prometheus = await startFakePrometheus(rulesDir);
  const policyFile = join(folder, 'policy.yml');
  const webConfigFile = join(folder, 'web.yml');
  if (token !== undefined) {
    writeFileSync(join(folder, 'token'), token);
    writeFileSync(webConfigFile, 'bearer_token_files: [token]\n');
  }
  if (policy !== undefined) writeFileSync(policyFile, policy);
  await before?.({ engine, prometheus, rulesDir });
  const { actors, url } = await createRulegen(
    {
      'docker.host': engine.address,
      'web.listen-address': '127.0.0.1:0',
      'web.config.file': token === undefined ? '' : webConfigFile,
      'web.allowed-host': [],
      'consul.url': '',
      'consul.token-file': '',
      'log.level': 'error',
      'log.format': 'json',
      'rules.dir': rulesDir,
      'templates.dir': '',
      'policy.file': policy === undefined ? '' : policyFile,
      'prometheus.url': [prometheus.url, ...(extraPrometheus === undefined ? [] : [extraPrometheus])],
      'prometheus.config.file': '',
      'resync.interval': 60_000,
      'scrape.interval': 2_000,
      'exporter.port': 9_200,
      'defaults.scale': true,
      'defaults.scaleup': 80,
      'defaults.scaledown': 20,
      'dry-run': false,
      ...config,
    },
    silentLogger,
  );
  const ending = new AbortController();
  const ended = runGroup(
    [
      ...actors,
      {
        name: 'test',
        run: (signal) =>
          new Promise((resolve) => {
            for (const one of [signal, ending.signal]) one.addEventListener('abort', () => resolve());
          }),
      },
    ],
    silentLogger,
  );
  const stop = async (): Promise<void> => {
    ending.abort();
    await ended;
  };
  return {
    engine,
    prometheus,
    rulesDir,
    policyFile,
    url,
    stop,
    async [Symbol.asyncDispose]() {
      await stop();
      await prometheus[Symbol.asyncDispose]();
      await engine[Symbol.asyncDispose]();
      const made = ownRulesDir === undefined ? [folder, rulesDir] : [folder];
      for (const path of made) rmSync(path, { recursive: true, force: true });
    },
  };
}

export type ServiceView = {
  readonly name: string;
  readonly state: string;
  readonly reason: string | null;
  readonly problems: readonly { readonly where: string; readonly message: string; readonly cure: string }[];
  readonly settings: Readonly<Record<string, { readonly value: unknown; readonly origin: string }>>;
};

export async function readServices(url: string): Promise<readonly ServiceView[]> {
  const body = (await (await fetch(`${url}/api/v1/services`)).json()) as { services: ServiceView[] };
  return body.services;
}

export async function serviceNamed(url: string, name: string): Promise<ServiceView | undefined> {
  return (await readServices(url)).find((service) => service.name === name);
}

/** The value of a series without labels, or with exactly the labels given, in the exposition of `/metrics`. */
export async function metricValue(url: string, series: string): Promise<number | undefined> {
  const text = await (await fetch(`${url}/metrics`)).text();
  const line = text.split('\n').find((one) => one.startsWith(`${series} `));
  return line === undefined ? undefined : Number(line.slice(series.length + 1));
}
