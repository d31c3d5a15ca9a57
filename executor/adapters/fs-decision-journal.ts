/**
 * Decisions as JSON lines in a file: one write per line, so that kill -9 tears at most the last one; the next line then
 * starts on a line of its own. Rotated by size: `journal`, `journal.1` (newer) … `journal.3` (oldest).
 */
import { type FileHandle, mkdir, open, readFile, rename, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { AppError, describeError, systemErrorCode } from '../../internal/daemon/app-error.ts';
import type { Logger } from '../../internal/daemon/logger.ts';
import { type DecisionRecord, parseDecisionRecord } from '../core/decision-record.ts';
import type { DecisionJournal } from '../ports.ts';
import { createMemoryJournal, KEPT_IN_MEMORY } from './memory-decision-journal.ts';

const DEFAULT_MAX_BYTES = 10 * 1024 * 1024;
const ROTATED_KEPT = 3;

export type FsJournalOptions = {
  readonly path: string;
  readonly maxBytes?: number;
  readonly logger: Logger;
  onError(): void;
};

/** Reads what is there before it returns; a path that cannot be opened is `AppError` invalid. */
export async function openFsDecisionJournal(options: FsJournalOptions): Promise<DecisionJournal> {
  const { path, maxBytes = DEFAULT_MAX_BYTES, logger } = options;
  const memory = createMemoryJournal(await readRecords(path));
  let file = await openForAppend(path);
  let problem: string | undefined;
  let isTorn = await endsInMidLine(file);
  let last: Promise<void> = Promise.resolve();

  const rotate = async (): Promise<void> => {
    await file.close();
    for (let age = ROTATED_KEPT - 1; age >= 0; age -= 1)
      await ignoreMissing(rename(age === 0 ? path : `${path}.${age}`, `${path}.${age + 1}`));
    file = await open(path, 'a+', 0o640);
    isTorn = false;
  };
  const write = async (record: DecisionRecord): Promise<void> => {
    try {
      const now = await file.stat();
      if (now.isFile() && now.size >= maxBytes) await rotate();
      const line = Buffer.from(`${isTorn ? '\n' : ''}${JSON.stringify(record)}\n`);
      const { bytesWritten } = await file.write(line);
      isTorn = bytesWritten < line.length && bytesWritten > 0;
      if (bytesWritten < line.length) throw new Error('the disk took only a part of the line');
      if (problem !== undefined) logger.info('journal is written again', { path });
      problem = undefined;
    } catch (error) {
      options.onError();
      if (problem === undefined) logger.error('journal not written', { path, error: describeError(error) });
      problem = `journal ${path} cannot be written: ${describeError(error)}`;
    }
  };
  return {
    async append(record) {
      await memory.append(record);
      last = last.then(() => write(record));
      await last;
    },
    recent: memory.recent,
    problem: () => problem,
  };
}

async function openForAppend(path: string): Promise<FileHandle> {
  try {
    await mkdir(dirname(path), { recursive: true });
    return await open(path, 'a+', 0o640);
  } catch (error) {
    throw new AppError('invalid', `--journal.file: ${describeError(error)}`, { cause: error });
  }
}

async function endsInMidLine(file: FileHandle): Promise<boolean> {
  const { size } = await file.stat();
  if (size === 0) return false; // a device, such as /dev/stdout, too
  const { buffer } = await file.read(Buffer.alloc(1), 0, 1, size - 1);
  return buffer[0] !== 0x0a;
}

async function readRecords(path: string): Promise<readonly DecisionRecord[]> {
  const current = await readLines(path);
  const older = current.length < KEPT_IN_MEMORY ? await readLines(`${path}.1`) : [];
  return [...older, ...current].slice(-KEPT_IN_MEMORY).flatMap((line) => parseDecisionRecord(line) ?? []);
}

async function readLines(path: string): Promise<readonly string[]> {
  try {
    if (!(await stat(path)).isFile()) return [];
    return (await readFile(path, 'utf8')).split('\n').filter((line) => line !== '');
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return [];
    throw new AppError('invalid', `--journal.file: ${describeError(error)}`, { cause: error });
  }
}

async function ignoreMissing(done: Promise<void>): Promise<void> {
  try {
    await done;
  } catch (error) {
    if (systemErrorCode(error) !== 'ENOENT') throw error;
  }
}
