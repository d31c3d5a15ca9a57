/**
 * `/proc` and `/sys/fs/cgroup` as a fixture has them, in a folder of their own. A fixture is one text: notes, then
 * `-- path --` before each file and `-- path -> target --` for each link.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { PROJECT_ROOT } from '../cluster/project-root.ts';

export type KernelTree = Disposable & {
  /** For `--path.procfs`. */
  readonly procfs: string;
  /** For `--path.cgroup`. */
  readonly cgroup: string;
  /** Overwrites or adds a file: `sys/fs/cgroup/…` or `proc/…`. */
  write(path: string, content: string | Uint8Array): void;
  /** Removes a file or a folder. */
  remove(path: string): void;
};

export const KERNEL_LAYOUTS = [
  'v1-separate',
  'v1-joint',
  'hybrid',
  'v2-cgroupfs',
  'v2-systemd',
  'private-cgroupns',
  'rootless',
  'nested',
] as const;
export type KernelLayout = (typeof KERNEL_LAYOUTS)[number];

/** The containers that every fixture has: one of a service with limits, one idle in the machine's network. */
export const FIXTURE_CONTAINER = {
  web: { id: 'ab'.repeat(32), pid: 4101 },
  idle: { id: '0c'.repeat(32), pid: 4102 },
} as const;

const FIXTURES = join(PROJECT_ROOT, 'test/fixtures/exporter');

export function unpackKernelTree(layout: KernelLayout): KernelTree {
  const root = mkdtempSync(join(tmpdir(), 'kernel-tree-'));
  const write = (path: string, content: string | Uint8Array): void => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  };
  const text = readFileSync(join(FIXTURES, `${layout}.txt`), 'utf8');
  const [, ...parts] = text.split(/^-- (.+) --\n/m);
  for (let index = 0; index < parts.length; index += 2) {
    const [path = '', target] = (parts[index] ?? '').split(' -> ');
    if (target === undefined) write(path, parts[index + 1] ?? '');
    else {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      symlinkSync(target, join(root, path));
    }
  }
  return {
    procfs: join(root, 'proc'),
    cgroup: join(root, 'sys/fs/cgroup'),
    write,
    remove: (path) => rmSync(join(root, path), { recursive: true, force: true }),
    [Symbol.dispose]: () => rmSync(root, { recursive: true, force: true }),
  };
}
