/** A folder that is written whole or not at all, and that only its owner can look into. */
import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { AppError, systemErrorCode } from '../../internal/daemon/app-error.ts';
import { syncFolder, writeFileAtomically } from '../../internal/daemon/atomic-file.ts';

const SECRET = 0o600;
const FRESH = '.micado-new-';
const OLD = '.micado-old-';

/**
 * Puts these files in place of the folder's. Fails with `AppError` conflict, and changes nothing, where it holds any other
 * file: it would be lost. What a killed writer left beside it goes.
 */
export async function replaceFolder(folder: string, files: Readonly<Record<string, string>>): Promise<void> {
  const target = resolve(folder);
  const parent = dirname(target);
  const there = await listFolder(target);
  const others = there.filter((name) => !Object.hasOwn(files, name));
  if (others.length > 0)
    throw new AppError('conflict', `${folder} holds ${others.join(', ')}: choose a folder of its own`);
  await mkdir(parent, { recursive: true });
  const prefixes = [FRESH, OLD].map((mark) => `.${basename(target)}${mark}`);
  const left = (await readdir(parent)).filter((name) => prefixes.some((prefix) => name.startsWith(prefix)));
  await Promise.all(left.map((name) => rm(join(parent, name), { recursive: true, force: true })));
  const fresh = await mkdtemp(join(parent, `.${basename(target)}${FRESH}`));
  try {
    for (const [name, text] of Object.entries(files))
      await writeFileAtomically(join(fresh, name), text, SECRET);
    await swap(fresh, target);
  } finally {
    await rm(fresh, { recursive: true, force: true });
  }
  await syncFolder(parent);
}

/** No call exchanges two folders: between the two renames nothing stands at the target. */
async function swap(fresh: string, target: string): Promise<void> {
  const old = fresh.replace(FRESH, OLD);
  const wasThere = await rename(target, old).then(
    () => true,
    (error: unknown) => {
      if (systemErrorCode(error) === 'ENOENT') return false;
      throw error;
    },
  );
  try {
    await rename(fresh, target);
  } catch (error) {
    if (wasThere) await rename(old, target);
    throw error;
  }
  await rm(old, { recursive: true, force: true });
}

/** Empty where there is none. */
async function listFolder(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return [];
    throw error;
  }
}
