/** Where a program finds its libraries that runs as its package was unpacked. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

/** For `LD_LIBRARY_PATH`. @param folder of the package; Debian has libraries below /lib and below /usr/lib */
export const packageLibraries = (folder: string): string =>
  ['usr/lib', 'lib']
    .flatMap((parent) => foldersIn(join(folder, parent)))
    .filter((path) => path.endsWith('-linux-gnu'))
    .join(':');

function foldersIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder).map((name) => join(folder, name));
  } catch {
    return [];
  }
}
