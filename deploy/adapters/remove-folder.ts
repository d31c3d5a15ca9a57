import { readFileSync } from 'node:fs';
import { mountsBelow } from '../core/parse-mounts.ts';
import type { CommandRunner } from '../ports.ts';

/** Takes away first what a stopped engine left mounted, so that nothing outside of the folder is removed with it. */
export async function removeFolder(runner: CommandRunner, folder: string, asRoot: boolean): Promise<void> {
  for (const target of mountsBelow(readFileSync('/proc/self/mountinfo', 'utf8'), folder))
    await runner.run('umount', ['--lazy', target], { asRoot });
  await runner.run('rm', ['--recursive', '--force', '--one-file-system', '--', folder], { asRoot });
}
