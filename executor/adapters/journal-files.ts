/** The files of a journal: the one that is written, and the older ones, `.1` (newer) … `.3` (oldest). */
import { createReadStream } from 'node:fs';
import { rename, stat } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { systemErrorCode } from '../../internal/daemon/app-error.ts';
import { type JournalEntry, parseJournalEntry } from '../core/journal-entry.ts';

const ROTATED_KEPT = 3;

/** Newest first. */
export const journalFiles = (path: string): readonly string[] => [
  path,
  ...Array.from({ length: ROTATED_KEPT }, (_, index) => `${path}.${index + 1}`),
];

/** Each file takes the place of the next older one; the oldest is lost. */
export async function rotateJournalFiles(path: string): Promise<void> {
  const files = journalFiles(path);
  for (let age = ROTATED_KEPT - 1; age >= 0; age -= 1)
    await ignoreMissing(rename(files[age] ?? path, files[age + 1] ?? path));
}

/** A chunk of the file at a time. What is no file, such as /dev/stdout, and what is not there has none. */
async function* readLines(path: string): AsyncGenerator<string> {
  if (!(await isFile(path))) return;
  yield* createInterface({ input: createReadStream(path, 'utf8'), crlfDelay: Number.POSITIVE_INFINITY });
}

/** The newest entries, oldest first. Only they are parsed: the start does not wait for the whole journal. */
export async function readNewestEntries(path: string, count: number): Promise<readonly JournalEntry[]> {
  let newest: readonly string[] = [];
  for (const file of journalFiles(path)) {
    const lines: string[] = [];
    for await (const line of readLines(file)) {
      lines.push(line);
      if (lines.length > count) lines.shift();
    }
    newest = [...lines, ...newest].slice(-count);
    if (newest.length >= count) break;
  }
  return newest.flatMap((line) => parseJournalEntry(line) ?? []);
}

/**
 * The newest `count` entries that are wanted, oldest first, out of all files. A rotation in between renames a file that was
 * read already: its entries are not taken twice, because each file has only older ones than those read before.
 */
export async function searchJournalFiles(
  path: string,
  count: number,
  olderThanId: number,
  isWanted: (entry: JournalEntry) => boolean,
): Promise<readonly JournalEntry[]> {
  let found: readonly JournalEntry[] = [];
  let oldestId = olderThanId;
  for (const file of journalFiles(path)) {
    const matching: JournalEntry[] = [];
    const olderThan = oldestId;
    for await (const line of readLines(file)) {
      const entry = parseJournalEntry(line);
      if (entry === undefined || entry.id >= olderThan) continue;
      oldestId = Math.min(oldestId, entry.id);
      if (isWanted(entry)) matching.push(entry);
      if (matching.length > count) matching.shift();
    }
    found = [...matching, ...found].slice(-count);
    if (found.length >= count) break;
  }
  return found;
}

async function isFile(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile();
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return false;
    throw error;
  }
}

async function ignoreMissing(done: Promise<void>): Promise<void> {
  try {
    await done;
  } catch (error) {
    if (systemErrorCode(error) !== 'ENOENT') throw error;
  }
}
