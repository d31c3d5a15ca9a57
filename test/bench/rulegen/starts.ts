/** Starts with nothing there, with everything there, and the time in which nothing happens. */
import { setTimeout as delay } from 'node:timers/promises';
import { cpuMsOf, residentMbOf } from '../process-usage.ts';
import {
  RELOADS,
  type RulegenSubject,
  type SubjectOptions,
  startRulegenSubject,
  WRITES,
} from './rulegen-subject.ts';

const START_WITHIN_MS = 120_000;
/** After a start, memory still grows, and Prometheus still evaluates rules for the first time. */
const SETTLED_AFTER_MS = 20_000;

export type ColdStart = {
  readonly verifiedS: number;
  /** Of it, planning the files and writing them. */
  readonly planS: number;
  readonly reloads: number;
};

/** @param files as many as should be verified: one for each service, and `cluster.yml` */
export async function measureColdStart(around: SubjectOptions, files: number): Promise<ColdStart> {
  const startMs = performance.now();
  await using rulegen = await startRulegenSubject(around);
  const verifiedAtMs = await rulegen.untilVerified(files, START_WITHIN_MS);
  const secondsOf = (phase: string): Promise<number> =>
    rulegen.metric(`micado_rulegen_pass_phase_seconds_sum{phase="${phase}"}`);
  return {
    verifiedS: (verifiedAtMs - startMs) / 1_000,
    planS: (await secondsOf('plan')) + (await secondsOf('write')),
    reloads: await rulegen.metric(RELOADS),
  };
}

export type Restart = { readonly writes: number; readonly reloads: number; readonly residentMb: number };

export async function measureRestart(around: SubjectOptions, files: number): Promise<Restart> {
  await using rulegen = await startRulegenSubject(around);
  await rulegen.untilVerified(files, START_WITHIN_MS);
  await delay(SETTLED_AFTER_MS);
  return {
    writes: await rulegen.metric(WRITES),
    reloads: await rulegen.metric(RELOADS),
    residentMb: residentMbOf(rulegen.pid),
  };
}

/** CPU in percent of one core while nothing happens. */
export async function measureRest(rulegen: RulegenSubject, durationMs: number): Promise<number> {
  await delay(SETTLED_AFTER_MS);
  const before = { cpuMs: cpuMsOf(rulegen.pid), atMs: performance.now() };
  await delay(durationMs);
  return (100 * (cpuMsOf(rulegen.pid) - before.cpuMs)) / (performance.now() - before.atMs);
}
