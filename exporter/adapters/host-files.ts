import { systemErrorCode } from '../../internal/daemon/app-error.ts';
import type { HostFiles } from '../collectors/host.ts';
import type { KernelFile, KernelFiles } from '../ports.ts';

const NOTHING = { bytes: new Uint8Array(0), length: 0 };
/** The machine's own figures are the last to lose their descriptors. */
const RANK = 0;

/** Files under procfs that are read at each scrape, opened when first asked for. */
export function createHostFiles(procfs: string, files: KernelFiles): HostFiles {
  const opened = new Map<string, KernelFile | undefined>();
  const open = (path: string): KernelFile | undefined => {
    try {
      return files.open(procfs, path, RANK);
    } catch (error) {
      // Not every kernel has them all.
      if (systemErrorCode(error) === undefined) throw error;
      return undefined;
    }
  };
  return {
    read(path) {
      if (!opened.has(path)) opened.set(path, open(path));
      return opened.get(path)?.read() ?? NOTHING;
    },
  };
}
