/** From created services to verified rules, one at a time beside bare reloads, and two hundred in a burst. */
import { median } from '../figure.ts';
import { reloadAndTime } from './bench-prometheus.ts';
import { RELOADS, type RulegenSubject, type SubjectOptions, WRITES } from './rulegen-subject.ts';
import type { BenchServices } from './swarm-services.ts';

const WITHIN_MS = 120_000;

export type ReactionContext = {
  readonly around: SubjectOptions;
  readonly rulegen: RulegenSubject;
  readonly services: BenchServices;
  /** Files that are verified before. */
  readonly files: number;
};

export type SingleCreates = {
  readonly createToVerifiedMs: number;
  readonly bareReloadMs: number;
  readonly writes: number;
  readonly reloads: number;
  /** Means of what rulegen says that the parts of a pass took. */
  readonly partsMs: Readonly<Record<string, number>>;
};

const PARTS = {
  list: 'micado_rulegen_pass_phase_seconds_sum{phase="list"}',
  plan: 'micado_rulegen_pass_phase_seconds_sum{phase="plan"}',
  write: 'micado_rulegen_pass_phase_seconds_sum{phase="write"}',
  reload: 'micado_rulegen_reload_duration_seconds_sum',
  verify: 'micado_rulegen_verify_duration_seconds_sum',
};

/** Medians, of the same minutes: a reload of the very files that rulegen has just brought to run, then the next service. */
export async function measureSingleCreates(
  { around, rulegen, services, files }: ReactionContext,
  rounds: number,
): Promise<SingleCreates> {
  const before = await countersOf(rulegen);
  const verified: number[] = [];
  const bare: number[] = [];
  const names = Array.from({ length: rounds }, (_, index) => `single-${index + 1}`);
  for (const [index, name] of names.entries()) {
    await services.createOne(name);
    const createdAtMs = performance.now();
    verified.push((await rulegen.untilVerified(files + index + 1, WITHIN_MS)) - createdAtMs);
    bare.push(await reloadAndTime(around.prometheusUrl, WITHIN_MS));
  }
  const after = await countersOf(rulegen);
  await services.removeMany(names);
  await rulegen.untilVerified(files, WITHIN_MS);
  return {
    createToVerifiedMs: median(verified),
    bareReloadMs: median(bare),
    writes: (after.writes - before.writes) / rounds,
    reloads: (after.reloads - before.reloads) / rounds,
    partsMs: Object.fromEntries(
      Object.keys(PARTS).map((part) => [
        part,
        (1_000 * ((after.parts.get(part) ?? 0) - (before.parts.get(part) ?? 0))) / rounds,
      ]),
    ),
  };
}

export type Burst = {
  readonly createsMs: number;
  /** From the first create until all are verified. */
  readonly allVerifiedMs: number;
  readonly reloads: number;
};

export async function measureBurst(
  { rulegen, services, files }: ReactionContext,
  count: number,
): Promise<Burst> {
  const names = Array.from({ length: count }, (_, index) => `burst-${index + 1}`);
  const before = await rulegen.metric(RELOADS);
  const startMs = performance.now();
  await services.createMany(names);
  const createsMs = performance.now() - startMs;
  const allVerifiedMs = (await rulegen.untilVerified(files + count, WITHIN_MS)) - startMs;
  const reloads = (await rulegen.metric(RELOADS)) - before;
  await services.removeMany(names);
  await rulegen.untilVerified(files, WITHIN_MS);
  return { createsMs, allVerifiedMs, reloads };
}

async function countersOf(rulegen: RulegenSubject) {
  const parts = new Map<string, number>();
  for (const [part, series] of Object.entries(PARTS)) parts.set(part, await rulegen.metric(series));
  return { writes: await rulegen.metric(WRITES), reloads: await rulegen.metric(RELOADS), parts };
}
