import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { findRefusedFiles } from '../../../rulegen/find-refused-files.ts';

/** A folder that loads unless a bad file is in it, and a count of how often it was tried. */
function aFolder(bad: ReadonlySet<number>, broken = false) {
  const there = new Set<number>();
  let tries = 0;
  return {
    there,
    tries: () => tries,
    loads: () => !broken && ![...there].some((file) => bad.has(file)),
    search: (suspects: readonly number[]) => ({
      suspects,
      put: (file: number) => Promise.resolve(void there.add(file)),
      restore: (file: number) => Promise.resolve(void there.delete(file)),
      accepts() {
        tries += 1;
        return Promise.resolve(!broken && ![...there].some((file) => bad.has(file)));
      },
    }),
  };
}

describe('the search for refused files', () => {
  test('finds exactly the bad ones, and leaves a folder that loads with all the good ones', async () => {
    const files = fc.uniqueArray(fc.nat(50), { maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(files, files, async (suspects, badOnes) => {
        const bad = new Set(badOnes);
        const folder = aFolder(bad);
        const found = await findRefusedFiles(folder.search(suspects));
        expect(new Set(found)).toEqual(new Set(suspects.filter((file) => bad.has(file))));
        expect(folder.loads()).toBe(true);
        expect(folder.there).toEqual(new Set(suspects.filter((file) => !bad.has(file))));
      }),
    );
  });

  test('takes few reloads for one bad file among many', async () => {
    const folder = aFolder(new Set([77]));
    await findRefusedFiles(folder.search(Array.from({ length: 128 }, (_, index) => index)));
    expect(folder.tries()).toBeLessThanOrEqual(2 * 7 + 3);
  });

  test('blames nobody when it does not load without the suspects either, and puts them back', async () => {
    const folder = aFolder(new Set(), true);
    expect(await findRefusedFiles(folder.search([1, 2]))).toEqual([]);
    expect([...folder.there]).toEqual([1, 2]);
  });
});
