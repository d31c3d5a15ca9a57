/** A virtual machine of the harness, from its first words to its end. Its engine is not waited for. */
import { access, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { run } from '../cluster/command.ts';
import { engineId } from '../cluster/engine-name.ts';
import { namespaceFile } from '../cluster/namespace.ts';
import { listEngineProcesses } from '../cluster/processes.ts';
import { claimSegment, releaseSegment, type Segment, sweep } from '../cluster/segment.ts';
import { type Guest, startGuest } from './guest.ts';

const NAME = 'vm1';

async function startSilentGuest(segment: Segment): Promise<Guest> {
  return await startGuest(segment, {
    name: NAME,
    hostNumber: 100,
    cpus: 1,
    memoryMb: 512,
    userData: '#cloud-config\n',
  });
}

const succeeds = (work: Promise<unknown>): Promise<boolean> =>
  work.then(
    () => true,
    () => false,
  );

/** What is left of the guest outside of its process. */
async function listTraces(segment: Segment): Promise<readonly string[]> {
  const id = engineId(segment.number, NAME);
  const traces = {
    processes: (await listEngineProcesses(id)).length > 0,
    namespace: await succeeds(access(namespaceFile(id))),
    link: await succeeds(run('ip', ['link', 'show', id])),
    files: await succeeds(access(join(segment.folder, NAME))),
  };
  return Object.entries(traces).flatMap(([trace, isThere]) => (isThere ? [trace] : []));
}

test('is ended by the next run when its test process has died', async () => {
  const segment = await claimSegment();
  try {
    const guest = await startSilentGuest(segment);
    await guest.reaches('its first words', async () => (await guest.console()) !== '');
    await sweep();
    expect(await listTraces(segment)).toEqual(['processes', 'namespace', 'link', 'files']);

    const nobody = { pid: process.pid, startTicks: '-1' };
    await writeFile(join(segment.folder, 'owner.json'), JSON.stringify(nobody));
    await sweep();
    expect(await listTraces(segment)).toEqual([]);
  } finally {
    await releaseSegment(segment);
  }
});

test('says at once that it is off, instead of being waited for, and leaves nothing', async () => {
  const segment = await claimSegment();
  try {
    await using guest = await startSilentGuest(segment);
    const waiting = guest.reaches('an engine', () => undefined);
    await guest.stop();
    await expect(waiting).rejects.toThrow('vm1 is off: an engine');
    expect(await listTraces(segment)).toEqual([]);
  } finally {
    await releaseSegment(segment);
  }
});
