/** Debian's Prometheus as a process of the test's own, on loopback, in a folder of its own. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { callHttp, callJson } from '../../../internal/daemon/http-client.ts';
import { eventually } from '../../eventually.ts';
import { freePorts } from './free-ports.ts';
import { promtoolPath } from './promtool.ts';

export type Sample = {
  readonly labels: Readonly<Record<string, string>>;
  readonly atSeconds: number;
  readonly value: number;
};

export type Target = { readonly url: string; readonly health: string; readonly lastError: string };

export type RealPrometheus = AsyncDisposable & {
  readonly url: string;
  /** The instant vector that the expression gives, now or at a moment. */
  query(expression: string, atSeconds?: number): Promise<readonly Sample[]>;
  targets(): Promise<readonly Target[]>;
};

const queryAnswer = z.object({
  data: z.object({
    result: z.array(
      z.object({ metric: z.record(z.string(), z.string()), value: z.tuple([z.number(), z.string()]) }),
    ),
  }),
});
const targetsAnswer = z.object({
  data: z.object({
    activeTargets: z.array(z.object({ scrapeUrl: z.string(), health: z.string(), lastError: z.string() })),
  }),
});

/** @param config the text of prometheus.yml */
export async function startRealPrometheus(config: string): Promise<RealPrometheus> {
  const folder = mkdtempSync(join(tmpdir(), 'micado-prometheus-'));
  writeFileSync(join(folder, 'prometheus.yml'), config);
  const [port] = await freePorts(1);
  const url = `http://127.0.0.1:${port}`;
  const child = spawn(
    join(dirname(promtoolPath()), 'prometheus'),
    [
      `--config.file=${join(folder, 'prometheus.yml')}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
    ],
    { stdio: 'ignore' },
  );
  const ended = new Promise<void>((resolve) => {
    child.on('exit', () => resolve());
  });
  const dispose = async (): Promise<void> => {
    child.kill('SIGKILL');
    await ended;
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await eventually(
      'Prometheus is ready',
      async () => (await callHttp({ url: `${url}/-/ready`, timeoutMs: 1_000 })).status === 200,
      { withinMs: 20_000 },
    );
  } catch (error) {
    await dispose();
    throw error;
  }
  const ask = (path: string): Promise<unknown> =>
    callJson({ url: `${url}/api/v1/${path}`, timeoutMs: 5_000 });
  return {
    url,
    async query(expression, atSeconds) {
      const parameters = new URLSearchParams({ query: expression });
      if (atSeconds !== undefined) parameters.set('time', String(atSeconds));
      const { data } = queryAnswer.parse(await ask(`query?${parameters.toString()}`));
      return data.result.map(({ metric, value: [at, text] }) => ({
        labels: metric,
        atSeconds: at,
        value: Number(text),
      }));
    },
    async targets() {
      const { data } = targetsAnswer.parse(await ask('targets?state=active'));
      return data.activeTargets.map(({ scrapeUrl, ...rest }) => ({ url: scrapeUrl, ...rest }));
    },
    [Symbol.asyncDispose]: dispose,
  };
}
