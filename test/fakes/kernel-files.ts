/** Kernel files in memory, each of which can be made to fail as the kernel lets files fail. */
import { ascii, type KernelText } from '../../exporter/core/kernel-text.ts';
import type { KernelFiles } from '../../exporter/ports.ts';

export type KernelFilesFake = KernelFiles & {
  /** Path to content. Changing it changes what an open file says. */
  readonly contents: Map<string, string>;
  /** Path to the system error that every read of it gives, `ENODEV` … */
  readonly failures: Map<string, string>;
};

export function createKernelFilesFake(contents: Readonly<Record<string, string>> = {}): KernelFilesFake {
  const held = new Map(Object.entries(contents));
  const failures = new Map<string, string>();
  let open = 0;
  const read = (path: string): KernelText => {
    const failure = failures.get(path) ?? (held.has(path) ? undefined : 'ENOENT');
    if (failure !== undefined) throw Object.assign(new Error(`${failure}: ${path}`), { code: failure });
    const bytes = ascii(held.get(path) ?? '');
    return { bytes, length: bytes.length };
  };
  return {
    contents: held,
    failures,
    open(folder, name) {
      const path = `${folder}/${name}`;
      read(path);
      open += 1;
      let closed = false;
      return {
        read: () => read(path),
        close() {
          if (!closed) open -= 1;
          closed = true;
        },
      };
    },
    readNow: read,
    counts: () => ({ open, reopened: 0 }),
  };
}
