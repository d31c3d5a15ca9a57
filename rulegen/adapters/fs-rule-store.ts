/** The rules folder that Prometheus reads, as a folder of plain files. */
import { access, constants, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError, describeError, systemErrorCode } from '../../internal/daemon/app-error.ts';
import { prepareFolder, syncFolder, writeFileAtomically } from '../../internal/daemon/atomic-file.ts';
import { isRuleFileName, type StoredFile } from '../core/plan-rule-changes.ts';
import { isOwnText } from '../core/rule-file.ts';
import type { RuleStore } from '../ports.ts';

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
        const entries = await readdir(folder, { withFileTypes: true });
        const rules = entries
          .filter(({ name }) => name.endsWith('.yml'))
          .sort((a, b) => (a.name < b.name ? -1 : 1));
        return await Promise.all(
          rules.map(async (entry): Promise<StoredFile> => {
            const text = entry.isFile() ? await readFile(join(folder, entry.name), 'utf8') : '';
            return { name: entry.name, ownText: isOwnText(text) ? text : undefined };
          }),
        );
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
