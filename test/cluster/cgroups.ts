/** The cgroup under which an engine puts its containers: the "machine" of that engine, in cgroup v1 and v2. */
import { mkdir, readdir, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { eventually } from '../eventually.ts';

const ROOT = '/sys/fs/cgroup';
const PERIOD_US = 100_000;

/** Limits all containers of the engine together. */
export async function setCpuQuota(id: string, cores: number): Promise<void> {
  const quotaUs = Math.round(cores * PERIOD_US);
  if (await isUnified()) {
    await writeFile(join(ROOT, 'cgroup.subtree_control'), '+cpu');
    await mkdir(join(ROOT, id), { recursive: true });
    await writeFile(join(ROOT, id, 'cpu.max'), `${quotaUs} ${PERIOD_US}`);
    return;
  }
  // Where both are hierarchies of their own: the time that is used counts from the start, before the first container.
  for (const hierarchy of ['cpu', 'cpuacct']) await mkdir(join(ROOT, hierarchy, id), { recursive: true });
  await writeFile(join(ROOT, 'cpu', id, 'cpu.cfs_period_us'), String(PERIOD_US));
  await writeFile(join(ROOT, 'cpu', id, 'cpu.cfs_quota_us'), String(quotaUs));
}

/** Removes the cgroup from every hierarchy, leaves first. Its processes must have ended. */
export async function removeCgroups(id: string): Promise<void> {
  const hierarchies = (await isUnified()) ? [ROOT] : await listFolders(ROOT);
  for (const hierarchy of hierarchies)
    await eventually(`cgroup ${hierarchy}/${id} is removed`, async () => {
      await removeTree(join(hierarchy, id));
      return true;
    });
}

async function removeTree(folder: string): Promise<void> {
  for (const child of await listFolders(folder)) await removeTree(child);
  await rmdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
  });
}

async function listFolders(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isDirectory()).map((entry) => join(folder, entry.name));
}

async function isUnified(): Promise<boolean> {
  return (await readdir(ROOT)).includes('cgroup.controllers');
}
