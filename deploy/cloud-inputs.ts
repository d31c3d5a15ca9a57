/** What `check` and `render` do alike: read user data and policy, find the secrets, render, and gather every problem. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { AppError } from '../internal/daemon/app-error.ts';
import { readCloudScripts } from './adapters/cloud-templates.ts';
import { gzipText } from './adapters/gzip-text.ts';
import { createSecretSource, type SecretSource } from './adapters/secret-source.ts';
import { renderPolicy } from './core/cloud/cloud-policy.ts';
import {
  type CloudFiles,
  cloudInitSizes,
  planCloudFiles,
  sizeProblems,
} from './core/cloud/plan-cloud-files.ts';
import { secretReferences, withSecrets } from './core/cloud/secrets.ts';
import { checkUserData } from './core/user-data/check-user-data.ts';
import { type Finding, hasErrors, type Severity } from './core/user-data/finding.ts';
import type { Path } from './core/user-data/read-document.ts';
import type { UserData } from './core/user-data/user-data.ts';
import type { SecretReference } from './core/user-data/value-kinds.ts';

export type CloudOptions = {
  readonly userDataFile: string;
  /** Empty: `policy.yaml` beside the user data, where there is one. */
  readonly policyFile: string;
  /** How bad it is that a secret cannot be found here. */
  readonly missingSecret: Severity;
  /** Wins over the user data's. */
  readonly masterAddress: string | undefined;
  readonly joinToken: string | undefined;
};

export type CloudSurroundings = {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly templatesFolder: string;
};

export type FileFindings = { readonly file: string; readonly findings: readonly Finding[] };

export type PreparedCloud = {
  readonly found: readonly FileFindings[];
  /** Undefined where there is an error. */
  readonly result: { readonly data: UserData; readonly files: CloudFiles } | undefined;
};

/** Takes the place of a secret that is not there, so that the sizes can be told. */
const STAND_IN = 'x'.repeat(64);

export async function prepareCloud(
  options: CloudOptions,
  { env, templatesFolder }: CloudSurroundings,
): Promise<PreparedCloud> {
  const { userDataFile, masterAddress, missingSecret } = options;
  const checked = checkUserData(await readText(userDataFile));
  const policy = await preparePolicy(options, checked.data?.scaling);
  const at = (severity: Severity, path: Path, message: string): Finding => {
    return { severity, place: checked.placeOf(path), message };
  };
  const secrets = await findSecrets(checked.written, createSecretSource(dirname(userDataFile), env));
  const missing = secrets.problems.map(({ path, message }) => at(missingSecret, path, message));
  const known = [...checked.findings, ...missing];
  const stop = (findings: readonly Finding[]): PreparedCloud => {
    return { found: [{ file: userDataFile, findings }, policy], result: undefined };
  };
  if (checked.data === undefined || policy.text === undefined) return stop(known);
  const data = { ...checked.data, masterAddress: masterAddress ?? checked.data.masterAddress };
  const files = planCloudFiles({
    data: withSecrets(data, (reference) => secrets.values.get(keyOf(reference)) ?? STAND_IN),
    policy: policy.text,
    joinToken: options.joinToken,
    scripts: await readCloudScripts(templatesFolder),
    pack: gzipText,
  });
  const tooLong = sizeProblems(cloudInitSizes(files)).map((message) => at('error', ['resource'], message));
  const findings = [...known, ...tooLong];
  if (hasErrors(findings)) return stop(findings);
  return { found: [{ file: userDataFile, findings }, policy], result: { data, files } };
}

/** Where user data do not say how many workers there may be, the policy is judged all the same, but for the bounds. */
async function preparePolicy(
  options: CloudOptions,
  scaling: UserData['scaling'] | undefined,
): Promise<FileFindings & { readonly text?: string }> {
  const file = policyFileOf(options);
  const source = file === undefined ? '' : await readText(file);
  const policy = renderPolicy(scaling ?? { min: 1, max: 1 }, source);
  if (!policy.ok) return { file: file ?? '', findings: policy.findings };
  return { file: file ?? '', findings: scaling === undefined ? [] : policy.findings, text: policy.text };
}

type SecretProblem = { readonly path: Path; readonly message: string };

async function findSecrets(written: Pick<UserData, 'auth' | 'resource'>, source: SecretSource) {
  const values = new Map<string, string>();
  const problems: SecretProblem[] = [];
  for (const { path, reference } of secretReferences(written)) {
    const secret = await source(reference);
    if ('value' in secret) values.set(keyOf(reference), secret.value);
    else problems.push({ path, message: `${path.join('.')}: ${secret.problem}` });
  }
  return { values, problems };
}

const keyOf = ({ kind, name }: SecretReference): string => `${kind} ${name}`;

function policyFileOf({ policyFile, userDataFile }: CloudOptions): string | undefined {
  if (policyFile !== '') return policyFile;
  const beside = join(dirname(userDataFile), 'policy.yaml');
  return existsSync(beside) ? beside : undefined;
}

export async function readText(file: string): Promise<string> {
  return await readFile(file, 'utf8').catch((error: unknown) => {
    throw new AppError('not_found', `cannot read ${file}`, { cause: error });
  });
}
