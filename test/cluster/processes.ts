/** Processes by what they cannot shed: the start time behind a pid, the network namespace and cgroup of an engine. */
import { readdir, readFile, stat } from 'node:fs/promises';
import { eventually } from '../eventually.ts';

/** A pid alone may have been given to another process since. */
export type ProcessIdentity = { readonly pid: number; readonly startTicks: string };

export async function identifyProcess(pid: number): Promise<ProcessIdentity | undefined> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  // The command's name stands in parentheses and may hold spaces; the start time is the 20th field after it.
  const startTicks = text.slice(text.lastIndexOf(')') + 2).split(' ')[19];
  return startTicks === undefined ? undefined : { pid, startTicks };
}

export async function isRunning(identity: ProcessIdentity): Promise<boolean> {
  return (await identifyProcess(identity.pid))?.startTicks === identity.startTicks;
}

/**
 * Pids of the engine, its containerd, shims and containers. A container with a network of its own is found by its
 * cgroup, a shim (which the engine starts outside of any) by the namespace.
 */
export async function listEngineProcesses(id: string): Promise<readonly number[]> {
  const namespace = await stat(`/run/netns/${id}`).then(
    ({ ino }) => ino,
    () => undefined,
  );
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  const belongs = await Promise.all(
    pids.map(async (pid) => (await isInNamespace(pid, namespace)) || (await isInCgroup(pid, id))),
  );
  return pids.filter((_, index) => belongs[index]);
}

async function isInNamespace(pid: number, namespace: number | undefined): Promise<boolean> {
  if (namespace === undefined) return false;
  return await stat(`/proc/${pid}/ns/net`).then(
    ({ ino }) => ino === namespace,
    () => false,
  );
}

async function isInCgroup(pid: number, id: string): Promise<boolean> {
  const text = await readFile(`/proc/${pid}/cgroup`, 'utf8').catch(() => '');
  return text.split('\n').some((line) => line.endsWith(`:/${id}`) || line.includes(`:/${id}/`));
}

/** Kills them all, and those that they started in the meantime, until none is left. */
export async function killEngineProcesses(id: string): Promise<void> {
  await eventually(`processes of ${id} are gone`, async () => {
    const pids = await listEngineProcesses(id);
    for (const pid of pids) sendSignal(pid, 'SIGKILL');
    return pids.length === 0;
  });
}

/** Stops the process and waits until each of its threads stands still. */
export async function freezeProcess(pid: number): Promise<void> {
  sendSignal(pid, 'SIGSTOP');
  await eventually(`process ${pid} stands still`, async () => {
    const threads = await readdir(`/proc/${pid}/task`);
    const states = await Promise.all(
      threads.map((thread) => readFile(`/proc/${pid}/task/${thread}/stat`, 'utf8')),
    );
    return states.every((text) => text.slice(text.lastIndexOf(')') + 2).startsWith('T'));
  });
}

export function sendSignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It ended by itself in between.
  }
}
