/** The rules folder that Prometheus reads, as a folder of plain files. */
import { lstatSync } from 'node:fs';
import { access, constants, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError, describeError, systemErrorCode } from '../../internal/daemon/app-error.ts';
import { prepareFolder, syncFolder, writeFileAtomically } from '../../internal/daemon/atomic-file.ts';
import { isRuleFileName, type StoredFile } from '../core/plan-rule-changes.ts';
import { isOwnText } from '../core/rule-file.ts';
import type { RuleStore } from '../ports.ts';

type KnownFile = { readonly stamp: string; readonly file: StoredFile };

async function readStored(folder: string, name: string, stamp: string): Promise<KnownFile> {
  const text = stamp === NO_FILE ? '' : await readFile(join(folder, name), 'utf8');
  return { stamp, file: { name, ownText: isOwnText(text) ? text : undefined } };
}

const NO_FILE = 'no file';

/** Whatever changes a file changes one of these. Synchronous: for a thousand files that is a hundredth of the time. */
function stampOf(path: string): string {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  return stat?.isFile() === true ? `${stat.ino} ${stat.size} ${stat.mtimeMs} ${stat.ctimeMs}` : NO_FILE;
}

/** Outside every glob of rule files. */
const PROBATION_LIST = '.micado-rulegen.probation';

export function createFsRuleStore(folder: string): RuleStore {
  const attempt = async <T>(what: string, work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      throw new AppError('unavailable', `rules folder ${folder}: ${what}: ${describeError(error)}`, {
        cause: error,
      });
    }
  };
  /** A file that looks untouched is not read again: a pass over a thousand of them reads what changed. */
  let known: ReadonlyMap<string, KnownFile> = new Map();
  const probation = join(folder, PROBATION_LIST);
  const pathOf = (name: string): string => {
    if (!isRuleFileName(name)) throw new AppError('internal', `"${name}" is no name of a rule file`);
    return join(folder, name);
  };
  return {
    prepare: () =>
      attempt('not writable', async () => {
        await prepareFolder(folder);
        await access(folder, constants.W_OK);
      }),
    list: () =>
      attempt('not readable', async () => {
        const names = (await readdir(folder)).filter((name) => name.endsWith('.yml')).sort();
        const listed = await Promise.all(
          names.map(async (name) => {
            const stamp = stampOf(`${folder}/${name}`);
            const before = known.get(name);
            return before?.stamp === stamp ? before : await readStored(folder, name, stamp);
          }),
        );
        known = new Map(listed.map((one) => [one.file.name, one]));
        return listed.map(({ file }) => file);
      }),
    write: (name, text) => attempt(`${name} not written`, () => writeFileAtomically(pathOf(name), text)),
    remove: (name) =>
      attempt(`${name} not removed`, async () => {
        await rm(pathOf(name), { force: true });
        await syncFolder(folder);
      }),
    readProbation: () =>
      attempt('not readable', async () => {
        const text = await readFile(probation, 'utf8').catch((error: unknown) => {
          if (systemErrorCode(error) === 'ENOENT') return '';
          throw error;
        });
        return text.split('\n').filter(isRuleFileName);
      }),
    writeProbation: (names) =>
      attempt('not writable', async () => {
        if (names.length > 0) await writeFileAtomically(probation, `${names.join('\n')}\n`);
        else await rm(probation, { force: true });
      }),
  };
}
