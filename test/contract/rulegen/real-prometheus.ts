/** Debian's Prometheus as a process of the test's own, on loopback, in a folder of its own. */
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { eventually } from '../../eventually.ts';
import { freePorts } from '../../real/support/free-ports.ts';
import { promtoolPath } from '../../real/support/promtool.ts';

export type RealPrometheus = AsyncDisposable & {
  readonly url: string;
  readonly rulesDir: string;
  /** Whatever is given here is the configuration at the next reload. */
  writeConfig(text: string): void;
  stop(): Promise<void>;
  start(): Promise<void>;
};

export type RealPrometheusOptions = { readonly lifecycle?: boolean };

const CONFIG = 'global: { scrape_interval: 1s, evaluation_interval: 1s }\nrule_files: [rules/*.yml]\n';

export async function startRealPrometheus({
  lifecycle = true,
}: RealPrometheusOptions = {}): Promise<RealPrometheus> {
  const folder = mkdtempSync(join(tmpdir(), 'micado-prometheus-'));
  const rulesDir = join(folder, 'rules');
  mkdirSync(rulesDir);
  const writeConfig = (text: string): void => writeFileSync(join(folder, 'prometheus.yml'), text);
  writeConfig(CONFIG);
  const [port] = await freePorts(1);
  const url = `http://127.0.0.1:${port}`;
  let stopRunning: () => Promise<void> = () => Promise.resolve();
  const start = async (): Promise<void> => {
    const child = spawn(
      join(dirname(promtoolPath()), 'prometheus'),
      [
        `--config.file=${join(folder, 'prometheus.yml')}`,
        `--storage.tsdb.path=${join(folder, 'data')}`,
        `--web.listen-address=127.0.0.1:${port}`,
        '--rules.alert.resend-delay=2s',
        ...(lifecycle ? ['--web.enable-lifecycle'] : []),
      ],
      { stdio: 'ignore' },
    );
    const ended = new Promise<void>((resolve) => {
      child.on('exit', () => resolve());
    });
    stopRunning = async () => {
      child.kill('SIGKILL');
      await ended;
    };
    await eventually(
      'Prometheus is ready',
      async () => (await fetch(`${url}/-/ready`).catch(() => undefined))?.ok === true,
      { withinMs: 20_000 },
    );
  };
  await start();
  return {
    url,
    rulesDir,
    writeConfig,
    start,
    stop: () => stopRunning(),
    async [Symbol.asyncDispose]() {
      await stopRunning();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
