import { appendFile, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { openFsDecisionJournal } from '../../../executor/adapters/fs-decision-journal.ts';
import { createMemoryJournal, KEPT_IN_MEMORY } from '../../../executor/adapters/memory-decision-journal.ts';
import { hold } from '../../../executor/core/decision.ts';
import { type DecisionRecord, recordDecision } from '../../../executor/core/decision-record.ts';
import type { DecisionJournal } from '../../../executor/ports.ts';
import { silentLogger } from '../../../internal/daemon/logger.ts';

const AT_MS = Date.parse('2026-01-01T00:00:00Z');
let folder: string;
let path: string;
let errors: number;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'journal-'));
  path = join(folder, 'sub', 'decisions.jsonl');
  errors = 0;
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

const record = (detail: string): DecisionRecord =>
  recordDecision('docker/web', hold('at_max', detail), { replicas: 2 }, AT_MS);
const open = (maxBytes?: number, at = path): Promise<DecisionJournal> =>
  openFsDecisionJournal({
    path: at,
    logger: silentLogger,
    onError() {
      errors += 1;
    },
    ...(maxBytes === undefined ? {} : { maxBytes }),
  });
const details = (journal: DecisionJournal): string =>
  journal
    .recent()
    .map(({ detail }) => detail)
    .join(' ');

describe.each([
  ['in a file', () => open()],
  ['in memory', async () => createMemoryJournal()],
])('a journal %s', (_title, create) => {
  test('gives back what it was given, oldest first', async () => {
    const journal = await create();
    await journal.append(record('a'));
    await journal.append(record('b'));
    expect(journal.recent()).toMatchObject([record('a'), record('b')]);
    expect(journal.recent().map(({ id }) => id)).toEqual([AT_MS, AT_MS + 1]);
    expect(journal.problem()).toBeUndefined();
  });

  test('keeps the newest records in memory, not all', async () => {
    const journal = await create();
    for (let index = 0; index <= KEPT_IN_MEMORY; index += 1) await journal.append(record(String(index)));
    expect(journal.recent()).toHaveLength(KEPT_IN_MEMORY);
    expect(journal.recent().at(-1)?.detail).toBe(String(KEPT_IN_MEMORY));
  });
});

describe('a search', () => {
  const idsOf = async (journal: DecisionJournal, limit: number): Promise<readonly number[]> => {
    const ids: number[] = [];
    let before: number | undefined;
    do {
      const { decisions, next } = await journal.search({ limit, before });
      ids.push(...decisions.map(({ id }) => id));
      before = next;
    } while (before !== undefined);
    return ids;
  };

  test('finds what is not in memory any more, in all files, page by page and each once', async () => {
    const journal = await open(200_000);
    for (let index = 0; index < 3_000; index += 1) await journal.append(record(String(index)));
    expect((await readdir(join(folder, 'sub'))).length).toBeGreaterThan(1);
    const ids = await idsOf(journal, 170);
    expect(ids).toHaveLength(3_000);
    expect(ids).toEqual(ids.toSorted((a, b) => b - a));
    const { decisions, next } = await journal.search({ limit: 1, untilMs: AT_MS + 1, before: AT_MS + 7 });
    expect([decisions[0]?.detail, next]).toEqual(['6', AT_MS + 6]);
  }, 20_000);

  test('is refused while others search already, and goes on when they are done', async () => {
    const journal = await open();
    for (let index = 0; index < 2_100; index += 1) await journal.append(record(String(index)));
    const ask = () => journal.search({ reason: 'none', limit: 1 });
    const asked = await Promise.allSettled([ask(), ask(), ask()]);
    expect(asked.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected']);
    await expect(ask()).resolves.toEqual({ decisions: [], next: undefined });
  });

  test('does not touch the files for what is in memory', async () => {
    const journal = await open();
    await journal.append(record('a'));
    await rm(path);
    expect((await journal.search({ limit: 10 })).decisions).toHaveLength(1);
  });
});

describe('a journal file', () => {
  test('holds one JSON line for each record, in their order, also of those that come at once', async () => {
    const journal = await open();
    const given = ['a', 'b', 'c', 'd', 'e'];
    const written = async () =>
      (await readFile(path, 'utf8'))
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown);
    const early = journal.append(record('a'));
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
    const late = Promise.all(given.slice(1).map((detail) => journal.append(record(detail))));
    await early;
    expect((await written())[0]).toMatchObject(record('a'));
    await late;
    expect(await written()).toMatchObject(given.map(record));
  });

  test('is read again after a restart', async () => {
    await (await open()).append(record('a'));
    expect(details(await open())).toBe('a');
  });

  test('survives a torn last line, and never joins the next record to it', async () => {
    await (await open()).append(record('a'));
    await appendFile(path, '{"time":"2026-01-01T00:0');
    const again = await open();
    await again.append(record('b'));
    expect(details(await open())).toBe('a b');
  });

  test('leaves what is not a record where it is', async () => {
    await (await open()).append(record('a'));
    await writeFile(path, 'not ours\n');
    const journal = await open();
    await journal.append(record('b'));
    expect(details(journal)).toBe('b');
    expect(await readFile(path, 'utf8')).toMatch(/^not ours\n\{/);
  });

  test('is rotated by size; three older files are kept, and the newest records are read back', async () => {
    const lineBytes = JSON.stringify(record('0')).length + 1;
    const journal = await open(lineBytes * 2);
    for (let index = 0; index < 12; index += 1) await journal.append(record(String(index % 10)));
    expect((await readdir(join(folder, 'sub'))).toSorted()).toEqual([
      'decisions.jsonl',
      'decisions.jsonl.1',
      'decisions.jsonl.2',
      'decisions.jsonl.3',
    ]);
    expect(details(await open())).toBe('4 5 6 7 8 9 0 1');
    expect(await readFile(`${path}.3`, 'utf8')).toContain('"detail":"4"');
  });

  test('is written again when there is room, with nothing joined to what the full disk has torn', async () => {
    const journal = await open();
    await journal.append(record('a'));
    await appendFile(path, '{"time":"2026');
    const full = await open();
    await full.append(record('b'));
    expect(details(await open())).toBe('a b');
    expect(full.problem()).toBeUndefined();
  });

  test('on a full disk keeps records in memory, says so, and counts', async () => {
    const journal = await open(undefined, '/dev/full');
    await journal.append(record('a'));
    expect(details(journal)).toBe('a');
    expect(journal.problem()).toContain('ENOSPC');
    expect(errors).toBe(1);
    await Promise.all(['b', 'c', 'd'].map((detail) => journal.append(record(detail))));
    expect(errors).toBe(4);
  });

  test('that cannot be opened is refused at once, with the flag’s name', async () => {
    await writeFile(join(folder, 'file'), '');
    await expect(open(undefined, join(folder, 'file', 'journal'))).rejects.toThrow('--journal.file');
  });
});
