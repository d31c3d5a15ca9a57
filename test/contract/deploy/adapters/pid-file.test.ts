import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { readPidFile, takeLock, writePidFile } from '../../../../deploy/adapters/pid-file.ts';
import { endProcess, signalProcess } from '../../../../deploy/adapters/process-table.ts';
import { systemClock } from '../../../../internal/daemon/clock.ts';
import { identifyProcess, type ProcessIdentity } from '../../../../internal/daemon/process-identity.ts';

let folder = '';
let file = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'micado-pid-'));
  file = join(folder, 'x.pid');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function self(): ProcessIdentity {
  const identity = identifyProcess(process.pid);
  if (identity === undefined) throw new Error('/proc does not show this process');
  return identity;
}

test('a process is found again by its file', () => {
  writePidFile(file, self());
  expect(readPidFile(file)).toEqual(self());
});

test('a number that another process has by now is not taken for the one that was meant', () => {
  const earlier = { ...self(), startTicks: '1' };
  writePidFile(file, earlier);
  expect(readPidFile(file)).toBeUndefined();
  expect(signalProcess(earlier, 'SIGKILL')).toBe(false);
  expect(signalProcess({ ...self(), bootId: 'before the reboot' }, 'SIGKILL')).toBe(false);
});

test('a process that ended is gone, also while nobody has collected it', async () => {
  const child = spawn('sleep', ['60'], { stdio: 'ignore' });
  const identity = identifyProcess(child.pid ?? 0);
  if (identity === undefined) throw new Error('the child does not run');
  writePidFile(file, identity);
  await endProcess(identity, 5_000, systemClock);
  expect(readPidFile(file)).toBeUndefined();
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  expect(child.signalCode).toBe('SIGTERM');
});

test('a lock is held by one, and named to the next', () => {
  const release = takeLock(file, (pid) => `held by ${pid}`);
  expect(() => takeLock(file, (pid) => `held by ${pid}`)).toThrow(`held by ${process.pid}`);
  release();
  takeLock(file, () => 'held')();
  expect(existsSync(file)).toBe(false);
});

test('the lock of a process that is gone is taken over', () => {
  writePidFile(file, { ...self(), startTicks: '1' });
  const release = takeLock(file, () => 'held');
  expect(readPidFile(file)).toEqual(self());
  release();
});
