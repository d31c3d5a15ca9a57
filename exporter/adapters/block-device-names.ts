import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { systemErrorCode } from '../../internal/daemon/app-error.ts';

export type BlockDeviceNames = (major: number, minor: number) => string;

/**
 * `/dev/sda` for 8:0, by `<procfs>/partitions`. A device that is not listed there is `8:0`, so that two of them never
 * share a name; the list is read again when a device turns up for the first time.
 */
export function createBlockDeviceNames(procfs: string): BlockDeviceNames {
  const names = new Map<string, string>();
  return (major, minor) => {
    const key = `${major}:${minor}`;
    const known = names.get(key);
    if (known !== undefined) return known;
    const name = readPartitions(procfs).get(key) ?? key;
    names.set(key, name);
    return name;
  };
}

/** Lines `   8        0  488386584 sda`. */
function readPartitions(procfs: string): ReadonlyMap<string, string> {
  let text: string;
  try {
    text = readFileSync(join(procfs, 'partitions'), 'utf8');
  } catch (error) {
    if (systemErrorCode(error) === undefined) throw error;
    return new Map();
  }
  return new Map(
    [...text.matchAll(/^ *(\d+) +(\d+) +\d+ +(\S+)$/gm)].map(([, major, minor, name]) => [
      `${major}:${minor}`,
      `/dev/${name}`,
    ]),
  );
}
