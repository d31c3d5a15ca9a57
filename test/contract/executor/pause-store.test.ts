import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createFsPauseStore } from '../../../executor/adapters/fs-pause-store.ts';
import { createMemoryPauseStore, NO_PAUSES } from '../../../executor/adapters/memory-pause-store.ts';
import { createPauseSwitch } from '../../../executor/pauses.ts';
import { createManualClock } from '../../fakes/manual-clock.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pauses-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});
const fsStore = () => createFsPauseStore(join(folder, 'pauses.json'));
const since = '2026-01-01T00:00:00.000Z';

describe.each([
  ['in a file', fsStore],
  ['in memory', createMemoryPauseStore],
])('pauses kept %s', (_title, create) => {
  test('are none at first', async () => {
    expect(await create().load()).toEqual(NO_PAUSES);
  });

  test('are loaded as they were saved', async () => {
    const store = create();
    const pauses = { all: { reason: 'upgrade', since }, targets: { 'docker/web': { reason: '', since } } };
    await store.save(pauses);
    expect(await store.load()).toEqual(pauses);
  });
});

test('a broken file of pauses is an error: a pause must not be lost by accident', async () => {
  await writeFile(join(folder, 'pauses.json'), '{"all":');
  await expect(fsStore().load()).rejects.toMatchObject({ code: 'invalid' });
});

describe('the switch', () => {
  test('pauses one target or all, outlives a restart, and resumes each by itself', async () => {
    const before = await createPauseSwitch(fsStore(), createManualClock());
    await before.pause('docker/web', 'debugging');
    await before.pause(undefined, 'upgrade');
    const after = await createPauseSwitch(fsStore(), createManualClock());
    expect(after.pauseOf('docker/web')).toEqual({ reason: 'debugging', since });
    expect(after.pauseOf('docker/api')).toEqual({ reason: 'upgrade', since });
    await after.resume(undefined);
    expect(after.pauseOf('docker/api')).toBeUndefined();
    expect(after.pauseOf('docker/web')).toEqual({ reason: 'debugging', since });
    await after.resume('docker/web');
    expect(await fsStore().load()).toEqual(NO_PAUSES);
  });

  test('holds at once even where it cannot be kept, and says that', async () => {
    const store = createFsPauseStore(join(folder, 'no such folder', 'pauses.json'));
    const pauses = await createPauseSwitch(store, createManualClock());
    await expect(pauses.pause(undefined, '')).rejects.toMatchObject({ code: 'unavailable' });
    expect(pauses.pauseOf('docker/web')).toBeDefined();
  });
});
