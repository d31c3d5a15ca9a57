/**
 * Real alerts amid 20,000 others a minute: of services that do not exist, repeats of what was answered, resolved ones.
 * The wait of a real alert is what it takes from its webhook to the changed service beyond what that takes in quiet.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { atMost, below, type Figure, informing, median, percentile } from '../figure.ts';
import { residentMbOf } from '../process-usage.ts';
import { createAsleepServices } from './asleep-services.ts';
import { createPoster, type PostedAlert, type Poster } from './post-alerts.ts';
import type { ReactionOptions } from './reaction.ts';
import { preciseNowMs } from './watch-updates.ts';

const ALERTS_PER_MINUTE = 20_000;
const ALERTS_PER_WEBHOOK = 50;
const REAL_EVERY_MS = 3_000;
/** Their median is what a real alert takes in quiet. */
const QUIET_ALERTS = 20;
/** So many names, over and over, as in an Alertmanager that guards another cluster too. */
const UNKNOWN_SERVICES = 5_000;
/** Memory is compared from here on: by then every unknown name has come once. */
const SETTLED_SHARE = 0.25;
const MOST_WAIT_MS = 100;
const MOST_ANSWER_MS = 20;
const MOST_GROWTH_MB = 5;

export type NoiseOptions = Omit<ReactionOptions, 'rounds'> & {
  readonly durationMs: number;
  readonly signal: AbortSignal;
};

export async function measureNoise(options: NoiseOptions): Promise<readonly Figure[]> {
  const { engine, image, stack, durationMs, progress } = options;
  progress(`noise for ${durationMs / 1000} s`);
  const count = QUIET_ALERTS + Math.ceil(durationMs / REAL_EVERY_MS);
  const services = await createAsleepServices(engine, image, 'real', count);
  await stack.fire(services);
  using poster = createPoster(stack.webhook);
  const quietMs: number[] = [];
  for (const service of services.slice(0, QUIET_ALERTS))
    quietMs.push(await reactionMs(options, poster, service));

  const ended = new AbortController();
  const noise = makeNoise(poster, services.slice(0, QUIET_ALERTS), ended.signal);
  const memory = watchMemory(stack.executor.pid, durationMs);
  const loudMs: number[] = [];
  try {
    for (const service of services.slice(QUIET_ALERTS)) {
      options.signal.throwIfAborted();
      const nextMs = performance.now() + REAL_EVERY_MS;
      loudMs.push(await reactionMs(options, poster, service));
      await delay(Math.max(0, nextMs - performance.now()));
    }
  } finally {
    ended.abort();
    memory.stop();
  }
  const { answersMs, alerts } = await noise;
  const waits = loudMs.map((ms) => Math.max(0, ms - median(quietMs)));
  return [
    informing({ name: 'noise_minutes', value: durationMs / 60_000, unit: 'min' }),
    informing({ name: 'noise_alerts_per_minute', value: alerts / (durationMs / 60_000) }),
    informing({ name: 'quiet_real_alert_ms', value: median(quietMs), unit: 'ms' }),
    atMost(MOST_WAIT_MS, { name: 'noise_real_alert_wait_ms_p99', value: percentile(waits, 99), unit: 'ms' }),
    below(MOST_ANSWER_MS, { name: 'noise_answer_ms_p99', value: percentile(answersMs, 99), unit: 'ms' }),
    atMost(MOST_GROWTH_MB, { name: 'noise_rss_growth_mb', value: memory.growthMb(), unit: 'MB' }),
  ];
}

async function reactionMs({ updates }: NoiseOptions, poster: Poster, service: string): Promise<number> {
  const startMs = preciseNowMs();
  await poster.post([{ service, status: 'firing' }]);
  return (await updates.updatedAtMs(service)) - startMs;
}

type Noise = { readonly answersMs: readonly number[]; readonly alerts: number };

/** Posts at a steady rate, whatever the answers take, until the signal. */
async function makeNoise(poster: Poster, answered: readonly string[], signal: AbortSignal): Promise<Noise> {
  const everyMs = (60_000 / ALERTS_PER_MINUTE) * ALERTS_PER_WEBHOOK;
  const answersMs: number[] = [];
  const posts: Promise<void>[] = [];
  let sent = 0;
  for (let nextMs = performance.now(); !signal.aborted; nextMs += everyMs) {
    await delay(Math.max(0, nextMs - performance.now()));
    const alerts = Array.from({ length: ALERTS_PER_WEBHOOK }, () => noisyAlert(sent++, answered));
    posts.push(poster.post(alerts).then((ms) => void answersMs.push(ms)));
  }
  await Promise.all(posts);
  return { answersMs, alerts: sent };
}

/** Of each ten: six of unknown services, two repeats, two resolved. */
function noisyAlert(index: number, answered: readonly string[]): PostedAlert {
  const known = answered[index % answered.length] ?? '';
  const kind = index % 10;
  if (kind < 6) return { service: `unknown-${index % UNKNOWN_SERVICES}`, status: 'firing' };
  return { service: known, status: kind < 8 ? 'firing' : 'resolved' };
}

/** The median of the last quarter over that of the quarter after everything has come once. */
function watchMemory(pid: number, durationMs: number): { stop(): void; growthMb(): number } {
  const samples: number[] = [];
  const timer = setInterval(() => samples.push(residentMbOf(pid)), Math.max(200, durationMs / 400));
  return {
    stop: () => clearInterval(timer),
    growthMb() {
      const quarter = Math.floor(samples.length * SETTLED_SHARE);
      return median(samples.slice(-quarter)) - median(samples.slice(quarter, 2 * quarter));
    },
  };
}
