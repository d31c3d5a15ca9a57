import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { AppError, describeError, systemErrorCode } from '../../internal/daemon/app-error.ts';
import { writeFileAtomically } from '../../internal/daemon/atomic-file.ts';
import type { PauseStore, Pauses } from '../ports.ts';
import { NO_PAUSES } from './memory-pause-store.ts';

const pauseSchema = z.object({ reason: z.string(), since: z.string() });
const schema = z.object({ all: pauseSchema.optional(), targets: z.record(z.string(), pauseSchema) });

/** Pauses outlive the process: a pause that a restart lifts would be no pause. */
export function createFsPauseStore(path: string): PauseStore {
  return {
    async load() {
      let text: string;
      try {
        text = await readFile(path, 'utf8');
      } catch (error) {
        if (systemErrorCode(error) === 'ENOENT') return NO_PAUSES;
        throw new AppError('invalid', `${path}: ${describeError(error)}`, { cause: error });
      }
      return parsePauses(text, path);
    },
    async save(pauses) {
      try {
        await writeFileAtomically(path, `${JSON.stringify(pauses, undefined, 2)}\n`, 0o640);
      } catch (error) {
        throw new AppError('unavailable', `${path}: ${describeError(error)}`, { cause: error });
      }
    },
  };
}

function parsePauses(text: string, path: string): Pauses {
  try {
    const { all, targets } = schema.parse(JSON.parse(text));
    return { all, targets };
  } catch (error) {
    throw new AppError('invalid', `${path} is not a list of pauses; repair or remove it`, { cause: error });
  }
}
