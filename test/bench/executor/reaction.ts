/** How long the executor takes from a webhook to a changed service, beside a bare update, one by one and in a group. */
import type { Engine } from '../../cluster/engine.ts';
import { atMost, type Figure, informing, median } from '../figure.ts';
import type { AlertingStack } from './alerting-stack.ts';
import { createAsleepServices, wakeBarely } from './asleep-services.ts';
import { atOnce } from './at-once.ts';
import { createPoster, type Poster } from './post-alerts.ts';
import { preciseNowMs, type UpdateWatch } from './watch-updates.ts';

export type ReactionOptions = {
  readonly engine: Engine;
  readonly image: string;
  readonly stack: AlertingStack;
  readonly updates: UpdateWatch;
  readonly rounds: number;
  progress(line: string): void;
};

/** Ours divided by theirs. */
const MOST = 1.5;
const GROUP = 200;
/** Their first ones are slower: a process that has run for minutes has compiled what it runs often. */
const WARM_UP = 40;
/** So many alerts fire while they come one by one. */
const FIRING = 20;
/** What the executor allows itself. */
const UPDATES_AT_ONCE = 32;

/** One alert at a time; the bare updates in between. */
export async function measureSingleAlerts(options: ReactionOptions): Promise<readonly Figure[]> {
  const { engine, image, stack, rounds, progress } = options;
  progress(`one alert at a time: ${rounds} webhooks, and as many bare updates in between`);
  const alerted = await createAsleepServices(engine, image, 'alerted', WARM_UP + rounds);
  const bare = await createAsleepServices(engine, image, 'bare', WARM_UP + rounds);
  using poster = createPoster(stack.webhook);
  const alertedMs: number[] = [];
  const bareMs: number[] = [];
  for (const [index, service] of alerted.entries()) {
    if (index % FIRING === 0) await stack.fire(alerted.slice(index, index + FIRING));
    const ourMs = await wakeByAlert(options, poster, service);
    const bareOneMs = await wakeOne(options, bare[index] ?? '');
    if (index < WARM_UP) continue;
    alertedMs.push(ourMs);
    bareMs.push(bareOneMs);
  }
  return [
    informing({ name: 'bare_update_ms', value: median(bareMs), unit: 'ms' }),
    informing({ name: 'alert_to_replicas_ms', value: median(alertedMs), unit: 'ms' }),
    atMost(MOST, { name: 'alert_to_replicas_over_bare_update', value: median(alertedMs) / median(bareMs) }),
  ];
}

async function wakeByAlert({ updates }: ReactionOptions, poster: Poster, service: string): Promise<number> {
  const startMs = preciseNowMs();
  await poster.post([{ service, status: 'firing' }]);
  return (await updates.updatedAtMs(service)) - startMs;
}

async function wakeOne({ engine, updates }: ReactionOptions, service: string): Promise<number> {
  const startMs = preciseNowMs();
  await wakeBarely(engine, service);
  return (await updates.updatedAtMs(service)) - startMs;
}

/** All services of one alert group at once; a loop of bare updates, as many at a time as the executor makes. */
export async function measureGroups(options: ReactionOptions): Promise<readonly Figure[]> {
  const { engine, image, stack, progress } = options;
  // Which of the two goes first alternates: what one leaves to do to the Swarm, the other meets.
  const rounds = 2 * Math.max(1, Math.ceil(options.rounds / 30));
  const groupMs: number[] = [];
  const loopMs: number[] = [];
  using poster = createPoster(stack.webhook);
  for (let round = 1; round <= rounds; round += 1) {
    progress(`a group of ${GROUP} overloaded services, and a bare loop: ${round} of ${rounds}`);
    const group = await createAsleepServices(engine, image, `group${round}`, GROUP);
    const loop = await createAsleepServices(engine, image, `loop${round}`, GROUP);
    await stack.fire(group);
    const wakeGroup = async () => void groupMs.push(await wakeAllByAlert(options, poster, group));
    const runLoop = async () => void loopMs.push(await wakeAll(options, loop));
    for (const measure of round % 2 === 0 ? [runLoop, wakeGroup] : [wakeGroup, runLoop]) await measure();
  }
  return [
    informing({ name: 'bare_loop200_ms', value: mean(loopMs), unit: 'ms' }),
    informing({ name: 'group200_ms', value: mean(groupMs), unit: 'ms' }),
    atMost(MOST, { name: 'group200_over_bare_loop', value: mean(groupMs) / mean(loopMs) }),
  ];
}

async function wakeAllByAlert(
  { updates }: ReactionOptions,
  poster: Poster,
  services: readonly string[],
): Promise<number> {
  const startMs = preciseNowMs();
  await poster.post(services.map((service) => ({ service, status: 'firing' })));
  return (await lastUpdateMs(updates, services)) - startMs;
}

async function wakeAll({ engine, updates }: ReactionOptions, services: readonly string[]): Promise<number> {
  const startMs = preciseNowMs();
  await atOnce(UPDATES_AT_ONCE, services, (service) => wakeBarely(engine, service));
  return (await lastUpdateMs(updates, services)) - startMs;
}

async function lastUpdateMs(updates: UpdateWatch, services: readonly string[]): Promise<number> {
  return Math.max(...(await Promise.all(services.map((service) => updates.updatedAtMs(service)))));
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;
