/** `micado render user_data.yaml`: all files that a cloud and Occopus want, in one folder, from one file. */
import { join } from 'node:path';
import { AppError } from '../internal/daemon/app-error.ts';
import { replaceFolder } from './adapters/private-folder.ts';
import { type CheckOutcome, describeFindings } from './check.ts';
import { type CloudOptions, type CloudSurroundings, prepareCloud, readText } from './cloud-inputs.ts';

export type RenderOptions = Omit<CloudOptions, 'missingSecret' | 'joinToken'> & {
  readonly outFolder: string;
  /** Empty: the master adds the token by itself. */
  readonly joinTokenFile: string;
};

export async function runRender(options: RenderOptions, around: CloudSurroundings): Promise<CheckOutcome> {
  const { outFolder, joinTokenFile } = options;
  const joinToken =
    joinTokenFile === '' ? undefined : parseToken(await readText(joinTokenFile), joinTokenFile);
  const prepared = await prepareCloud({ ...options, missingSecret: 'error', joinToken }, around);
  const text = describeFindings(prepared);
  if (prepared.result === undefined) return { ok: false, text: `${text}nothing was written\n` };
  const { files } = prepared.result;
  await replaceFolder(outFolder, files);
  const written = Object.keys(files).map((name) => `wrote ${join(outFolder, name)}\n`);
  return { ok: true, text: text + written.join('') };
}

function parseToken(text: string, file: string): string {
  const token = text.trim();
  if (!/^SWMTKN-1-[\w-]+$/.test(token))
    throw new AppError('invalid', `${file} holds no token that "docker swarm join-token -q worker" prints`);
  return token;
}
