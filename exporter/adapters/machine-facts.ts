import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { systemErrorCode } from '../../internal/daemon/app-error.ts';
import type { MachineFacts } from '../ports.ts';

/**
 * What does not change while the machine is up. All but procfs is looked for beside it: `/etc` with `/proc`, and
 * `/host/etc` with `/host/proc`. Throws a system error where procfs is not there.
 */
export function readMachineFacts(procfs: string): MachineFacts {
  const root = dirname(procfs.replace(/\/+$/, ''));
  const memory = readFileSync(join(procfs, 'meminfo'), 'utf8');
  const processors = readFileSync(join(procfs, 'stat'), 'utf8').match(/^cpu\d+ /gm);
  return {
    cores: processors?.length ?? Number.NaN,
    ...readTopology(join(root, 'sys/devices/system/cpu')),
    memoryBytes: bytesIn(memory, 'MemTotal'),
    swapBytes: bytesIn(memory, 'SwapTotal'),
    machineId: readWord(join(root, 'etc/machine-id')),
    // Root alone may read this one.
    systemUuid: readWord(join(root, 'sys/class/dmi/id/product_uuid')),
    bootId: readWord(join(procfs, 'sys/kernel/random/boot_id')),
  };
}

function bytesIn(meminfo: string, key: string): number {
  const kibibytes = new RegExp(`^${key}: +(\\d+) kB$`, 'm').exec(meminfo)?.[1];
  return kibibytes === undefined ? Number.NaN : Number(kibibytes) * 1024;
}

/** Threads of one core share its number and its package's; NaN where sysfs is not there. */
function readTopology(folder: string): Pick<MachineFacts, 'physicalCores' | 'sockets'> {
  const packages = new Set<string>();
  const cores = new Set<string>();
  for (const name of listFolder(folder).filter((one) => /^cpu\d+$/.test(one))) {
    const socket = readWord(join(folder, name, 'topology/physical_package_id'));
    if (socket === '') continue;
    packages.add(socket);
    cores.add(`${socket} ${readWord(join(folder, name, 'topology/core_id'))}`);
  }
  return { physicalCores: cores.size || Number.NaN, sockets: packages.size || Number.NaN };
}

function listFolder(path: string): readonly string[] {
  try {
    return readdirSync(path);
  } catch (error) {
    if (systemErrorCode(error) === undefined) throw error;
    return [];
  }
}

/** Empty where the file is not there, or not for us. */
function readWord(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch (error) {
    if (systemErrorCode(error) === undefined) throw error;
    return '';
  }
}
