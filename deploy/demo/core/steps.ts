/**
 * The steps of the demo, in order, each with what shows that it has happened and what is done then.
 *
 *   rules ──▶ task ──(raise load)──▶ overload ──▶ steady ──(lower load)──▶ idle ──(remove service)──▶ removal ──▶ done
 */
import type { Observation } from './observation.ts';
import type { StoryEventName } from './story-event.ts';

export type Phase = 'rules' | 'task' | 'overload' | 'steady' | 'idle' | 'removal';
export type Act = 'raise_load' | 'lower_load' | 'remove_service';

export type Step = {
  /** What is waited for. */
  readonly title: string;
  readonly withinMs: number;
  reached(seen: Observation, forMs: number): boolean;
  /** Recorded when it is reached. */
  readonly event: StoryEventName;
  readonly next: Phase | 'done';
  /** What is done when it is reached. */
  readonly follow?: { readonly act: Act; readonly event: StoryEventName; readonly detail: string };
  /** The only direction in which replicas may change meanwhile. */
  readonly direction: 'up' | 'down' | 'none';
};

export const MIN_REPLICAS = 1;
export const MAX_REPLICAS = 4;
/** What is offered to all replicas together, in limits of one. */
export const OVERLOAD_LIMITS = 1.5;
export const IDLE_LIMITS = 0.02;

/** Longer than the cool-down of a step up, so that a second step would have come. */
const STEADY_MS = 35_000;

const describeLoad = (limits: number): string => `to ${limits} times what one replica may use`;

export const STEPS: Readonly<Record<Phase, Step>> = {
  rules: {
    title: 'Prometheus has loaded the rules of the new service',
    withinMs: 30_000,
    reached: ({ rules }) => (rules?.length ?? 0) >= 2,
    event: 'rules_loaded',
    next: 'task',
    direction: 'none',
  },
  task: {
    title: 'the first task runs and is measured',
    withinMs: 60_000,
    reached: ({ service, scrapedTasks, utilisationPercent }) =>
      service?.running === MIN_REPLICAS && scrapedTasks === MIN_REPLICAS && utilisationPercent !== undefined,
    event: 'task_scraped',
    next: 'overload',
    follow: { act: 'raise_load', event: 'load_raised', detail: describeLoad(OVERLOAD_LIMITS) },
    direction: 'none',
  },
  overload: {
    title: 'the overload is answered with another replica',
    withinMs: 90_000,
    reached: ({ service }) => (service?.running ?? 0) > MIN_REPLICAS,
    event: 'replica_running',
    next: 'steady',
    direction: 'up',
  },
  steady: {
    title: 'the replicas hold while the load stays',
    withinMs: STEADY_MS * 2,
    reached: (_seen, forMs) => forMs >= STEADY_MS,
    event: 'steady',
    next: 'idle',
    follow: { act: 'lower_load', event: 'load_lowered', detail: describeLoad(IDLE_LIMITS) },
    direction: 'up',
  },
  idle: {
    title: 'the idle replicas are taken away',
    withinMs: 120_000,
    reached: ({ service }) => service?.desired === MIN_REPLICAS && service.running === MIN_REPLICAS,
    event: 'at_min',
    next: 'removal',
    follow: { act: 'remove_service', event: 'service_removed', detail: 'by its owner' },
    direction: 'down',
  },
  removal: {
    title: 'the rules of the removed service are gone',
    withinMs: 30_000,
    reached: ({ rules }) => rules?.length === 0,
    event: 'rules_gone',
    next: 'done',
    direction: 'down',
  },
};
