/** A program within a network namespace, that goes on when the test process ends: whoever sweeps the namespace ends it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { toolEnvironment } from './command.ts';
import { namespaceFile } from './namespace.ts';

/** @param logFile what it prints is added there */
export function spawnInNamespace(id: string, logFile: string, command: readonly string[]): ChildProcess {
  const log = openSync(logFile, 'a');
  try {
    // Not `ip netns exec`, which hides /sys/fs/cgroup.
    const child = spawn('nsenter', [`--net=${namespaceFile(id)}`, ...command], {
      detached: true,
      stdio: ['ignore', log, log],
      env: toolEnvironment(),
    });
    // Without a listener a failed spawn would end the test process; the missing pid tells, or what the program answers.
    child.on('error', () => {});
    child.unref();
    return child;
  } finally {
    closeSync(log);
  }
}
