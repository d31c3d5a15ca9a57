/**
 * `micado submit`: hands the infrastructure of a master to its Occopus, and makes sure that Occopus keeps it. Nothing in it
 * goes wrong by being done again: under its fixed id the infrastructure is updated.
 */
import { readFile } from 'node:fs/promises';
import { formatDuration } from '../internal/contract/duration.ts';
import type { OccopusReport } from '../internal/contract/occopus.ts';
import { AppError, describeError, isAppError } from '../internal/daemon/app-error.ts';
import { writeFileAtomically } from '../internal/daemon/atomic-file.ts';
import {
  type CompletedInfrastructure,
  completeInfrastructure,
  type MasterFacts,
} from './core/cloud/complete-infrastructure.ts';
import type { MasterLayout } from './core/cloud/master-layout.ts';
import { WORKER_INFRA } from './core/cloud/occopus-descriptors.ts';
import type { OccopusIntake, Surroundings } from './ports.ts';

export type SubmitOptions = {
  readonly layout: MasterLayout;
  /** How long Occopus may take until it answers. */
  readonly occopusTimeoutMs: number;
};

export type SubmitParts = {
  readonly occopus: OccopusIntake;
  swarmEntry(): Promise<MasterFacts>;
};

type Around = Pick<Surroundings, 'reporter' | 'clock' | 'signal'>;
type Nodes = Extract<CompletedInfrastructure, { readonly ok: true }>['nodes'];

const SECRET = 0o600;
const RETRY_MS = 2_000;

/** Fails with `AppError` at the first step that cannot be done. */
export async function runSubmit(
  { layout, occopusTimeoutMs }: SubmitOptions,
  parts: SubmitParts,
  around: Around,
): Promise<void> {
  const { occopus } = parts;
  const { reporter, signal } = around;
  const nodes = await writeDescriptor(layout, parts, around);
  const known = await waitForOccopus(occopus, occopusTimeoutMs, around);
  await reporter.step('import', async () => {
    await occopus.importDefinition(layout.nodeDefinition);
    return { value: undefined, done: `the definition of ${nodes.map(({ name }) => name).join(', ')}` };
  });
  signal.throwIfAborted();
  await reporter.step('build', async (progress) => {
    progress('this takes as long as the first workers boot');
    const { authData, submitted: descriptor } = layout;
    await occopus.build(WORKER_INFRA, { authData, descriptor });
    return { value: undefined, done: `${WORKER_INFRA} ${known.includes(WORKER_INFRA) ? 'updated' : 'made'}` };
  });
  signal.throwIfAborted();
  await reporter.step('attach', async () => {
    const outcome = await occopus.attach(WORKER_INFRA);
    const done = outcome === 'attached' ? 'Occopus maintains it' : 'Occopus maintained it before';
    return { value: undefined, done };
  });
  await reporter.step('verify', async () => {
    const ids = await occopus.list();
    if (!ids.includes(WORKER_INFRA))
      throw new AppError(
        'internal',
        `Occopus took ${WORKER_INFRA} and does not list it: see its log, and run this again`,
      );
    return { value: undefined, done: describeWorkers(nodes, await occopus.report(WORKER_INFRA)) };
  });
}

/** First of all: where something is missing here, Occopus need not be waited for. */
async function writeDescriptor(
  { infrastructure, submitted }: MasterLayout,
  { swarmEntry }: SubmitParts,
  { reporter }: Around,
): Promise<Nodes> {
  return await reporter.step('swarm', async () => {
    const source = await readFile(infrastructure, 'utf8').catch((error: unknown) => {
      const cure = 'micado up --cloud=user_data.yaml writes it';
      throw new AppError('not_found', `${describeError(error)}; ${cure}`);
    });
    const facts = await swarmEntry();
    const completed = completeInfrastructure(source, facts);
    if (!completed.ok) throw new AppError('invalid', `${infrastructure}: ${completed.problem}`);
    await writeFileAtomically(submitted, completed.text, SECRET);
    return { value: completed.nodes, done: `workers join ${facts.masterAddress} by the token of today` };
  });
}

/** Ids of the infrastructures that it knows. */
async function waitForOccopus(
  occopus: OccopusIntake,
  timeoutMs: number,
  { reporter, clock, signal }: Around,
): Promise<readonly string[]> {
  const deadlineMs = clock.now() + timeoutMs;
  return await reporter.step('occopus', async (progress) => {
    for (;;) {
      signal.throwIfAborted();
      try {
        const ids = await occopus.list();
        return { value: ids, done: `answers; it knows ${ids.length} infrastructures` };
      } catch (error) {
        if (!isAppError(error) || signal.aborted) throw error;
        if (clock.now() >= deadlineMs) throw tooLate(error, timeoutMs);
        progress(`not yet: ${describeError(error)}`);
      }
      await clock.sleep(RETRY_MS, signal);
    }
  });
}

function tooLate(error: AppError, timeoutMs: number): AppError {
  const cure = 'look at the log of its container, and run this again';
  return new AppError(
    'unavailable',
    `Occopus did not answer within ${formatDuration(timeoutMs)}: ${describeError(error)}; ${cure}`,
    { cause: error },
  );
}

function describeWorkers(nodes: Nodes, report: OccopusReport): string {
  return nodes
    .map(
      ({ name, min, max }) => `${name}: ${min} to ${max}, ${report.get(name)?.instances.length ?? 0} there`,
    )
    .join('; ');
}
