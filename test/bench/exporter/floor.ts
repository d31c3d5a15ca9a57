/** The floor under any exporter: a C program that only reads the files that the exporter holds open. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { run } from '../../cluster/command.ts';
import { PROJECT_ROOT } from '../../cluster/project-root.ts';
import { end } from '../child-program.ts';

export type Floor = AsyncDisposable & {
  readonly files: number;
  /** Reads every file once: how long that took. */
  passMs(): Promise<number>;
};

/** @param files paths; `kernelFilesOf` gives those of an exporter. */
export async function startFloor(files: readonly string[]): Promise<Floor> {
  const folder = mkdtempSync(join(tmpdir(), 'micado-floor-'));
  const program = join(folder, 'floor');
  const list = join(folder, 'files');
  try {
    writeFileSync(list, files.map((file) => `${file}\n`).join(''));
    const source = join(PROJECT_ROOT, 'test/bench/exporter/floor.c');
    await run('cc', ['-O2', '-o', program, source], { withinMs: 60_000 });
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
  const child = spawn(program, [list], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const nextLine = async (): Promise<string> => {
    const next: IteratorResult<string, unknown> = await lines.next();
    if (next.done === true) throw new Error('the floor ended: it could not open all files');
    return next.value;
  };
  await once(child, 'spawn');
  await nextLine();
  return {
    files: files.length,
    async passMs() {
      child.stdin.write('.');
      const [wallNs] = (await nextLine()).split(' ');
      return Number(wallNs) / 1e6;
    },
    async [Symbol.asyncDispose]() {
      await end(child);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The kernel's files among those that a process has open. */
export function kernelFilesOf(pid: number): readonly string[] {
  const folder = `/proc/${pid}/fd`;
  return readdirSync(folder)
    .map((fd) => {
      try {
        // procfs forgets its folders, and then calls a file in one deleted that is there all the same.
        return readlinkSync(join(folder, fd)).replace(/ \(deleted\)$/, '');
      } catch {
        return '';
      }
    })
    .filter((path) => /^\/(sys\/fs\/cgroup|proc\/\d+)\//.test(path));
}
