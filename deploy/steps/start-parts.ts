/** Starts the parts, waits until all are ready, and keeps `stack.json` true while they run. */
import { rm } from 'node:fs/promises';
import { describeError } from '../../internal/daemon/app-error.ts';
import { readLastWords } from '../adapters/log-tail.ts';
import { createSupervisor, type PartEvent, type Supervisor } from '../adapters/part-supervisor.ts';
import { waitUntilReady } from '../adapters/readiness.ts';
import { type StackFile, writeStackFile } from '../adapters/stack-file.ts';
import { describeFullDisk } from '../core/describe-full-disk.ts';
import type { PartPlan } from '../core/plan-parts.ts';
import type { StackLayout } from '../core/stack-layout.ts';
import type { Surroundings } from '../ports.ts';

export type RunningParts = { readonly supervisor: Supervisor; stop(): Promise<void> };

/** All that `stack.json` says beside the parts. */
export type StackFacts = Omit<StackFile, 'parts'>;

export async function startParts(
  parts: readonly PartPlan[],
  layout: StackLayout,
  facts: StackFacts,
  around: Surroundings,
): Promise<RunningParts> {
  const { reporter, clock, signal, env } = around;
  let isReady = false;
  let written = Promise.resolve();
  const writeFacts = (): void => {
    written = written
      .then(() => writeStackFile(layout.stackFile, { ...facts, parts: describe(parts, supervisor) }))
      .catch((error: unknown) => reporter.say(`  !!  ${describeFullDisk(error) ?? describeError(error)}`));
  };
  const supervisor = createSupervisor({
    parts,
    env,
    clock,
    onEvent(event) {
      if (isReady || event.kind === 'died') reporter.say(describeEvent(event, layout));
      if (isReady) writeFacts();
    },
  });
  const stop = async (): Promise<void> => {
    await supervisor.stop();
    await written;
    await rm(layout.stackFile, { force: true });
  };
  supervisor.start();
  try {
    await reporter.step('parts', async (progress) => {
      await waitUntilReady(parts, supervisor, clock, signal, progress);
      return { value: undefined, done: `${parts.map(({ name }) => name).join(', ')} are ready` };
    });
  } catch (error) {
    await stop();
    throw error;
  }
  isReady = true;
  writeFacts();
  await written;
  return { supervisor, stop };
}

function describeEvent(event: PartEvent, layout: StackLayout): string {
  if (event.kind === 'started') return `  ok  ${event.part} runs again (pid ${event.pid})`;
  const words = readLastWords(layout.logFile(event.part));
  const said = words === '' ? '' : ` (its log ends with: ${words})`;
  return `  !!  ${event.part} ${event.how}${said}; it is started again in ${(event.restartInMs / 1000).toFixed(1)} s`;
}

function describe(parts: readonly PartPlan[], supervisor: Supervisor): StackFile['parts'] {
  const pids = supervisor.pids();
  const entries = parts.map(({ name, url, logFile }) => {
    const pid = pids[name];
    return [
      name,
      { url, port: Number(new URL(url).port), logFile, ...(pid === undefined ? {} : { pid }) },
    ] as const;
  });
  return Object.fromEntries(entries) as StackFile['parts'];
}
