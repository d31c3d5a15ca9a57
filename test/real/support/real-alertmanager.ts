/** Debian's Alertmanager as a process of the test's own, on loopback, in a folder of its own. */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { callHttp } from '../../../internal/daemon/http-client.ts';
import { eventually } from '../../eventually.ts';
import { freePorts } from './free-ports.ts';
import { promtoolPath } from './promtool.ts';

export type RealAlertmanager = AsyncDisposable & {
  readonly url: string;
  /** Where its peers gossip with it; undefined for one that stands alone. */
  readonly clusterAddress: string | undefined;
  post(path: string, body: unknown): Promise<void>;
  stop(): Promise<void>;
};

/** As a user would have it, with every alert of application `inhibited` inhibited by one that `post` must send. */
const CONFIG = `
route: { receiver: none, group_wait: 0s, group_interval: 1s, repeat_interval: 1m }
receivers: [{ name: none }]
inhibit_rules:
  - source_matchers: [alertname = inhibitor]
    target_matchers: [application = inhibited]
`;

export type AlertmanagerOptions = {
  /** The text of alertmanager.yml. */
  readonly config?: string;
  /** Makes it a member of a cluster: the addresses of those that are there already, none for the first. */
  readonly peers?: readonly string[];
};

export async function startRealAlertmanager(options: AlertmanagerOptions = {}): Promise<RealAlertmanager> {
  const folder = mkdtempSync(join(tmpdir(), 'micado-alertmanager-'));
  writeFileSync(join(folder, 'alertmanager.yml'), options.config ?? CONFIG);
  const [port, clusterPort] = await freePorts(2);
  const clusterAddress = options.peers === undefined ? undefined : `127.0.0.1:${clusterPort}`;
  const url = `http://127.0.0.1:${port}`;
  const child = spawn(
    alertmanagerPath(),
    [
      `--config.file=${join(folder, 'alertmanager.yml')}`,
      `--storage.path=${join(folder, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      `--cluster.listen-address=${clusterAddress ?? ''}`,
      ...(options.peers ?? []).map((peer) => `--cluster.peer=${peer}`),
    ],
    { stdio: 'ignore' },
  );
  const ended = new Promise<void>((resolve) => {
    child.on('exit', () => resolve());
  });
  const stop = async (): Promise<void> => {
    child.kill('SIGKILL');
    await ended;
  };
  const dispose = async (): Promise<void> => {
    await stop();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await eventually(
      'Alertmanager is ready',
      async () => (await callHttp({ url: `${url}/-/ready`, timeoutMs: 1_000 })).status === 200,
      { withinMs: 20_000 },
    );
  } catch (error) {
    await dispose();
    throw error;
  }
  return {
    url,
    clusterAddress,
    stop,
    [Symbol.asyncDispose]: dispose,
    async post(path, body) {
      const { status, text } = await callHttp({
        method: 'POST',
        url: `${url}${path}`,
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
        timeoutMs: 5_000,
      });
      if (status !== 200) throw new Error(`Alertmanager answered ${status} to ${path}: ${text}`);
    },
  };
}

/** Debian names the binary after its package, others do not. */
function alertmanagerPath(): string {
  const folder = dirname(promtoolPath());
  const names = ['prometheus-alertmanager', 'alertmanager'].map((name) => join(folder, name));
  const found = names.find((path) => existsSync(path));
  if (found === undefined) throw new Error(`there is no Alertmanager beside promtool in ${folder}`);
  return found;
}
