/** Prometheus' parser without a Prometheus: `promtool check rules`. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify, types } from 'node:util';
import { AppError, describeError, systemErrorCode } from '../../internal/daemon/app-error.ts';
import type { WantedFile } from '../core/plan-rule-changes.ts';
import type { ExpressionParser } from '../ports.ts';

const run = promisify(execFile);
const TIMEOUT_MS = 60_000;

export type Promtool = ExpressionParser & {
  /** Undefined where all files would load; else what promtool says. */
  checkFiles(files: readonly WantedFile[]): Promise<string | undefined>;
};

/** @param program a path, or a name that is looked for in PATH. Undefined where there is no such program. */
export async function findPromtool(program: string): Promise<Promtool | undefined> {
  try {
    await run(program, ['--version'], { timeout: TIMEOUT_MS });
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return undefined;
    throw new AppError('invalid', `--promtool.path: ${describeError(error)}`);
  }
  const checkFiles = (files: readonly WantedFile[]): Promise<string | undefined> => check(program, files);
  return {
    checkFiles,
    async formatQuery(query) {
      // Line breaks mean nothing to PromQL but the end of a comment, and a comment that swallows what follows is refused.
      const expr = query.replace(/\s*\n\s*/g, ' ').trim();
      const text = JSON.stringify({ groups: [{ name: 'query', rules: [{ record: 'query', expr }] }] });
      const complaint = await checkFiles([{ name: 'query.yml', text }]);
      return complaint === undefined
        ? { kind: 'accepted', formatted: expr }
        : { kind: 'refused', message: parserMessage(complaint) };
    },
  };
}

async function check(program: string, files: readonly WantedFile[]): Promise<string | undefined> {
  const folder = await mkdtemp(join(tmpdir(), 'micado-promtool-'));
  try {
    await Promise.all(files.map(({ name, text }) => writeFile(join(folder, name), text)));
    const paths = files.map(({ name }) => join(folder, name));
    if (paths.length > 0) await run(program, ['check', 'rules', ...paths], { timeout: TIMEOUT_MS });
    return undefined;
  } catch (error) {
    if (!types.isNativeError(error) || !('stderr' in error)) throw error;
    return String(error.stderr).replaceAll(`${folder}/`, '').trim() || describeError(error);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const parserMessage = (complaint: string): string =>
  /could not parse expression: (.+)/.exec(complaint)?.[1] ?? complaint;
