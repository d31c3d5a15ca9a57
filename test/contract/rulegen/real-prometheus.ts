/** Debian's Prometheus as a process of the test's own, on loopback, in a folder of its own. */
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type HttpAccess, OPEN_ACCESS } from '../../../internal/daemon/http-access.ts';
import { callHttp } from '../../../internal/daemon/http-client.ts';
import { eventually } from '../../eventually.ts';
import { freePorts } from '../../real/support/free-ports.ts';
import { promtoolPath } from '../../real/support/promtool.ts';

export type RealPrometheus = AsyncDisposable & {
  readonly url: string;
  readonly rulesDir: string;
  /** Whatever is given here is the configuration at the next reload. */
  writeConfig(text: string): void;
  /** kill -9. */
  stop(): Promise<void>;
  start(): Promise<void>;
  /** Stops it for a while, in the middle of whatever it does: it listens, and answers nothing. */
  freeze(): void;
  thaw(): void;
};

export type RealPrometheusOptions = {
  readonly lifecycle?: boolean;
  /** Beside those that the tests need. */
  readonly flags?: readonly string[];
  /** Its address is `<scheme>://127.0.0.1:<port><prefix>`. */
  readonly scheme?: 'http' | 'https';
  readonly prefix?: string;
  /** How it lets us in. */
  readonly access?: HttpAccess;
};

const CONFIG = 'global: { scrape_interval: 1s, evaluation_interval: 1s }\nrule_files: [rules/*.yml]\n';

export async function startRealPrometheus({
  lifecycle = true,
  flags = [],
  scheme = 'http',
  prefix = '',
  access = OPEN_ACCESS,
}: RealPrometheusOptions = {}): Promise<RealPrometheus> {
  const folder = mkdtempSync(join(tmpdir(), 'micado-prometheus-'));
  const rulesDir = join(folder, 'rules');
  mkdirSync(rulesDir);
  const writeConfig = (text: string): void => writeFileSync(join(folder, 'prometheus.yml'), text);
  writeConfig(CONFIG);
  const [port] = await freePorts(1);
  const url = `${scheme}://127.0.0.1:${port}${prefix}`;
  let stopRunning: () => Promise<void> = () => Promise.resolve();
  let signal: (name: NodeJS.Signals) => void = () => {};
  const start = async (): Promise<void> => {
    const child = spawn(
      join(dirname(promtoolPath()), 'prometheus'),
      [
        `--config.file=${join(folder, 'prometheus.yml')}`,
        `--storage.tsdb.path=${join(folder, 'data')}`,
        `--web.listen-address=127.0.0.1:${port}`,
        ...(flags.some((flag) => flag.startsWith('--rules.alert.resend-delay'))
          ? []
          : ['--rules.alert.resend-delay=2s']),
        ...flags,
        ...(lifecycle ? ['--web.enable-lifecycle'] : []),
      ],
      { stdio: 'ignore' },
    );
    const ended = new Promise<void>((resolve) => {
      child.on('exit', () => resolve());
    });
    signal = (name) => void child.kill(name);
    stopRunning = async () => {
      child.kill('SIGKILL');
      await ended;
    };
    await eventually(
      'Prometheus is ready',
      async () => (await callHttp({ url: `${url}/-/ready`, access, timeoutMs: 1_000 })).status === 200,
      { withinMs: 20_000 },
    );
  };
  await start();
  return {
    url,
    rulesDir,
    writeConfig,
    start,
    freeze: () => signal('SIGSTOP'),
    thaw: () => signal('SIGCONT'),
    stop: () => stopRunning(),
    async [Symbol.asyncDispose]() {
      await stopRunning();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
