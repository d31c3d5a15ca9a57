/** Parts that are started one after the other: they end in the opposite order, also where a later one does not start. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export type OpenParts = AsyncDisposable & {
  use<T extends AsyncDisposable>(part: T): T;
  /** What else is to be done at the end. */
  defer(end: () => unknown): void;
  /** A folder that is gone at the end. */
  folder(prefix: string): string;
};

export function createOpenParts(): OpenParts {
  const ends: (() => unknown)[] = [];
  return {
    use(part) {
      ends.push(() => part[Symbol.asyncDispose]());
      return part;
    },
    defer(end) {
      ends.push(end);
    },
    folder(prefix) {
      const folder = mkdtempSync(join(tmpdir(), prefix));
      ends.push(() => rmSync(folder, { recursive: true, force: true }));
      return folder;
    },
    async [Symbol.asyncDispose]() {
      for (const end of ends.splice(0).toReversed()) await end();
    },
  };
}

/** What `open` makes of the parts, and their end with it. */
export async function openTogether<T extends object>(
  open: (parts: OpenParts) => Promise<T>,
): Promise<T & AsyncDisposable> {
  const parts = createOpenParts();
  try {
    return { ...(await open(parts)), [Symbol.asyncDispose]: () => parts[Symbol.asyncDispose]() };
  } catch (error) {
    await parts[Symbol.asyncDispose]();
    throw error;
  }
}
