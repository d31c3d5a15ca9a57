/** Folders for the length of a test file. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from '@jest/globals';

const made: string[] = [];

afterAll(() => {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** A new empty folder, removed when the file's tests have ended. */
export function aTempFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'micado-test-'));
  made.push(folder);
  return folder;
}
