/**
 * Occopus as it takes an infrastructure in. Only its command-line tools give one a fixed id, so they are run in its container;
 * all else goes over its API.
 */
import { readFile } from 'node:fs/promises';
import { parseOccopusList, parseOccopusReport } from '../../internal/contract/occopus.ts';
import { DEFAULT_PORT } from '../../internal/contract/ports.ts';
import { AppError } from '../../internal/daemon/app-error.ts';
import { conceal, secretsIn } from '../core/cloud/conceal.ts';
import { judgeBuild, judgeImport, type ToolVerdict } from '../core/cloud/judge-occopus-tools.ts';
import { OCCOPUS_NETWORK } from '../core/cloud/master-layout.ts';
import type { OccopusIntake } from '../ports.ts';
import type { ContainerTools } from './container-tools.ts';
import { callOccopus } from './occopus-call.ts';

const LIST_TIMEOUT_MS = 10_000;
const IMPORT_TIMEOUT_MS = 60_000;
const ATTACH_TIMEOUT_MS = 180_000;
/** It asks the cloud about each VM, one after another. */
const REPORT_TIMEOUT_MS = 60_000;

export type OccopusIntakeOptions = {
  readonly tools: ContainerTools;
  /** Empty: the address of its container. */
  readonly url: string;
  readonly buildTimeoutMs: number;
  /** The credentials that it was given: what it says is shown without them. */
  readonly authDataFile: string;
  readonly signal: AbortSignal;
};

export function createOccopusIntake(options: OccopusIntakeOptions): OccopusIntake {
  const { tools, buildTimeoutMs, authDataFile, signal } = options;
  const runTool = async (
    [tool, ...args]: readonly [string, ...string[]],
    timeoutMs: number,
    judge: typeof judgeBuild,
  ): Promise<void> => {
    const said = await tools.run([tool, ...args], timeoutMs, signal);
    accept(tool, judge(said, await readSecrets(authDataFile)));
  };
  const refused = async (where: string, reason: string): Promise<AppError> => {
    const said = conceal(reason, await readSecrets(authDataFile));
    return new AppError(
      'unavailable',
      `${where}: ${said}; see the log of Occopus’ container, and run this again`,
    );
  };
  const urlOf = async (): Promise<string> =>
    options.url === ''
      ? `http://${await tools.address(OCCOPUS_NETWORK)}:${DEFAULT_PORT.occopus}`
      : options.url;
  const call = async (method: 'GET' | 'POST', path: readonly string[], timeoutMs: number) =>
    await callOccopus({ method, url: await urlOf(), path, timeoutMs, signal });
  const ask = async (path: readonly string[], timeoutMs: number) => {
    const { where, answer } = await call('GET', path, timeoutMs);
    if (answer.kind === 'accepted') return { where, json: answer.json };
    throw await refused(where, answer.reason);
  };
  return {
    async list() {
      const { where, json } = await ask([''], LIST_TIMEOUT_MS);
      const ids = parseOccopusList(json);
      if (ids !== undefined) return ids;
      throw new AppError('unavailable', `${where}: the answer is not Occopus’ list`);
    },
    async importDefinition(file) {
      await runTool(['occopus-import', file], IMPORT_TIMEOUT_MS, judgeImport);
    },
    async build(infra, { authData, descriptor }) {
      const options = ['--auth_data_path', authData, '-i', infra, descriptor];
      await runTool(['occopus-build', ...options], buildTimeoutMs, judgeBuild);
    },
    async attach(infra) {
      const { where, answer } = await call('POST', [infra, 'attach'], ATTACH_TIMEOUT_MS);
      if (answer.kind === 'accepted') return 'attached';
      if (answer.reason.includes('already being maintained')) return 'attached_before';
      throw await refused(where, answer.reason);
    },
    async report(infra) {
      const { where, json } = await ask([infra], REPORT_TIMEOUT_MS);
      const report = parseOccopusReport(json);
      if (report !== undefined) return report;
      throw new AppError('unavailable', `${where}: the answer is not Occopus’ report`);
    },
  };
}

function accept(tool: string, verdict: ToolVerdict): void {
  if (verdict.ok) return;
  const cure = 'correct the user data (micado check names what is wrong), and run this again';
  throw new AppError('invalid', `${tool} failed: ${verdict.problem}; ${cure}`);
}

/** None where there is no such file: it was not given to Occopus by this command. */
const readSecrets = async (file: string): Promise<readonly string[]> =>
  secretsIn(await readFile(file, 'utf8').catch(() => ''));
