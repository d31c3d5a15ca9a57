/**
 * Decisions as JSON lines in a file: those that come while one write is under way share the next one. kill -9 tears at most
 * the last line of a write; the next one then starts on a line of its own. Rotated by size, so that all files together stay
 * bounded.
 */
import { type FileHandle, mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { AppError, describeError } from '../../internal/daemon/app-error.ts';
import type { Logger } from '../../internal/daemon/logger.ts';
import type { JournalEntry } from '../core/journal-entry.ts';
import { type DecisionPage, type DecisionQuery, matchesQuery, pageOf } from '../core/query-decisions.ts';
import type { DecisionJournal } from '../ports.ts';
import { readNewestEntries, rotateJournalFiles, searchJournalFiles } from './journal-files.ts';
import { createMemoryJournal, KEPT_IN_MEMORY } from './memory-decision-journal.ts';
import { createSharedCall } from './shared-call.ts';

const DEFAULT_MAX_BYTES = 10 * 1024 * 1024;
/** Each reads up to 40 MiB. */
const SEARCHES_AT_ONCE = 2;

export type FsJournalOptions = {
  readonly path: string;
  readonly maxBytes?: number;
  readonly logger: Logger;
  onError(): void;
};

/** Reads what is there before it returns; a path that cannot be opened is `AppError` invalid. */
export async function openFsDecisionJournal(options: FsJournalOptions): Promise<DecisionJournal> {
  const { path, maxBytes = DEFAULT_MAX_BYTES, logger } = options;
  const memory = createMemoryJournal(await readNewest(path));
  let file = await openForAppend(path);
  let problem: string | undefined;
  let isTorn = await endsInMidLine(file);
  const unwritten: JournalEntry[] = [];

  const rotate = async (): Promise<void> => {
    await file.close();
    await rotateJournalFiles(path);
    file = await open(path, 'a+', 0o640);
    isTorn = false;
  };
  const write = createSharedCall(async (): Promise<void> => {
    const entries = unwritten.splice(0);
    try {
      const now = await file.stat();
      if (now.isFile() && now.size >= maxBytes) await rotate();
      const lines = entries.map((entry) => `${JSON.stringify(entry)}\n`).join('');
      const bytes = Buffer.from(`${isTorn ? '\n' : ''}${lines}`);
      const { bytesWritten } = await file.write(bytes);
      isTorn = bytesWritten < bytes.length && bytesWritten > 0;
      if (bytesWritten < bytes.length) throw new Error('the disk took only a part');
      if (problem !== undefined) logger.info('journal is written again', { path });
      problem = undefined;
    } catch (error) {
      for (const _ of entries) options.onError();
      if (problem === undefined) logger.error('journal not written', { path, error: describeError(error) });
      problem = `journal ${path} cannot be written: ${describeError(error)}`;
    }
  });
  return {
    async append(record) {
      const entry = await memory.append(record);
      unwritten.push(entry);
      await write();
      return entry;
    },
    recent: memory.recent,
    search: createSearch(path, memory),
    problem: () => problem,
  };
}

/** Most questions are about what is in memory; the files are read only for what is older. */
function createSearch(path: string, memory: DecisionJournal): DecisionJournal['search'] {
  let running = 0;
  const searchFiles = async (query: DecisionQuery, olderThanId: number, count: number) => {
    if (running >= SEARCHES_AT_ONCE)
      throw new AppError('unavailable', 'the journal is being searched by others; ask again');
    running += 1;
    try {
      return await searchJournalFiles(path, count, olderThanId, (entry) => matchesQuery(entry, query));
    } finally {
      running -= 1;
    }
  };
  return async (query): Promise<DecisionPage> => {
    const entries = memory.recent();
    const found = entries.filter((entry) => matchesQuery(entry, query));
    const missing = query.limit + 1 - found.length;
    const isAllInMemory = entries.length < KEPT_IN_MEMORY;
    if (missing <= 0 || isAllInMemory) return pageOf(found, query.limit);
    const older = await searchFiles(query, entries[0]?.id ?? 0, missing);
    return pageOf([...older, ...found], query.limit);
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

async function readNewest(path: string): Promise<readonly JournalEntry[]> {
  try {
    return await readNewestEntries(path, KEPT_IN_MEMORY);
  } catch (error) {
    throw new AppError('invalid', `--journal.file: ${describeError(error)}`, { cause: error });
  }
}
