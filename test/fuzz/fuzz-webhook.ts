/** An executor's process is sent whatever comes to mind: it answers each time, never with a failure of its own, and does not grow. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { callHttp } from '../../internal/daemon/http-client.ts';
import { TOKEN, writeWebConfig } from '../e2e/executor/start-executor.ts';
import { eventually } from '../eventually.ts';
import { startAlertingPrometheus } from '../fakes/alerting-prometheus.ts';
import { startAlertmanagerServer } from '../fakes/alertmanager-server.ts';
import { startDockerEngineServer } from '../fakes/docker-engine-server.ts';
import { startWatchedBinary, type WatchedBinary } from './held-memory.ts';
import { type WebhookRequest, webhookRequests } from './webhook-requests.ts';

export type FuzzOptions = { readonly durationMs: number; readonly seed?: number };

export type FuzzOutcome = {
  readonly requests: number;
  /** How often each status was the answer. */
  readonly statuses: Readonly<Record<number, number>>;
  /** What the executor holds when all garbage is collected: after its memory of decisions was full once, and at the end. */
  readonly settledMb: number;
  readonly endMb: number;
};

/** All that is kept in memory has a bound; half of the time is enough to reach it. */
const SETTLED_SHARE = 0.5;
const MOST_GROWTH_MB = 15;
const ROUND = 200;

export async function fuzzWebhook({
  durationMs,
  seed = Date.now() % 2 ** 31,
}: FuzzOptions): Promise<FuzzOutcome> {
  const folder = await mkdtemp(join(tmpdir(), 'micado-fuzz-'));
  await using docker = await startDockerEngineServer();
  await using prometheus = await startAlertingPrometheus();
  await using alertmanager = await startAlertmanagerServer();
  docker.state.createService({ name: 'web' });
  await using executor = await startWatchedBinary('executor', [
    `--docker.host=${docker.address}`,
    `--prometheus.url=${prometheus.url}`,
    `--alertmanager.url=${alertmanager.url}`,
    `--web.config.file=${await writeWebConfig(folder)}`,
    `--journal.file=${join(folder, 'decisions.jsonl')}`,
  ]);
  try {
    return await fuzz(executor, durationMs, seed);
  } catch (error) {
    throw new Error(`seed ${seed}: ${String(error)}`, { cause: error });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function fuzz(executor: WatchedBinary, durationMs: number, seed: number): Promise<FuzzOutcome> {
  const statuses: Record<number, number> = {};
  const startMs = performance.now();
  const hasPassed = (share: number): boolean => performance.now() - startMs >= durationMs * share;
  let settledMb = Number.NaN;
  let requests = 0;
  for (let round = 0; !hasPassed(1); round += 1) {
    const property = fc.asyncProperty(webhookRequests(TOKEN), async (request) => {
      if (hasPassed(1)) return;
      const status = await send(executor.url, request);
      statuses[status] = (statuses[status] ?? 0) + 1;
      requests += 1;
      if (status >= 500) throw new Error(`the answer was ${status}`);
    });
    await fc.assert(property, { numRuns: ROUND, seed: seed + round, endOnFailure: true });
    if (Number.isNaN(settledMb) && hasPassed(SETTLED_SHARE)) settledMb = await executor.heldMb();
  }
  await expectIdle(executor.url);
  const endMb = await executor.heldMb();
  if (endMb - settledMb > MOST_GROWTH_MB)
    throw new Error(`it grew from ${settledMb.toFixed(0)} to ${endMb.toFixed(0)} MB`);
  return { requests, statuses, settledMb, endMb };
}

async function send(url: string, { method, path, headers, body }: WebhookRequest): Promise<number> {
  const response = await fetch(url + path, { method, headers, body, signal: AbortSignal.timeout(10_000) });
  await response.arrayBuffer();
  return response.status;
}

/** Nothing is left in the queue, and the process is well. */
async function expectIdle(url: string): Promise<void> {
  await eventually('the queue is empty', async () => {
    const { text } = await callHttp({ url: `${url}/metrics`, timeoutMs: 5_000 });
    return /^micado_executor_queue_waiting 0$/m.test(text);
  });
  const { status } = await callHttp({ url: `${url}/-/healthy`, timeoutMs: 5_000 });
  if (status !== 200) throw new Error(`it is not healthy any more: ${status}`);
}
