import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { MachineSize } from '../ports.ts';

/** The processors that are online, and the memory. Throws a system error where procfs is not there. */
export function readMachineSize(procfs: string): MachineSize {
  const kibibytes = /^MemTotal: +(\d+) kB$/m.exec(readFileSync(join(procfs, 'meminfo'), 'utf8'))?.[1];
  const processors = readFileSync(join(procfs, 'stat'), 'utf8').match(/^cpu\d+ /gm);
  return { cores: processors?.length ?? Number.NaN, memoryBytes: Number(kibibytes) * 1024 };
}
