/** What the exporter relies on of whatever tells it the containers. */
import { expect, test } from '@jest/globals';
import type { ContainerSource } from '../../../exporter/ports.ts';

export type ContainerSourceSubject = {
  readonly source: ContainerSource;
  /** Starts a container with the label `team=blue`, and gives its ID. */
  start(name: string): Promise<string>;
  rename(id: string, name: string): Promise<void>;
  remove(id: string): Promise<void>;
  /** Stops it and keeps it. */
  stop(id: string): Promise<void>;
};

export function containerSourceSuite(subject: () => ContainerSourceSubject): void {
  test('lists what runs, by ID and by the name that it has now', async () => {
    const { source, start, rename, remove } = subject();
    const id = await start('first');
    expect((await source.list()).running).toEqual([{ id, name: 'first' }]);
    await rename(id, 'second');
    expect((await source.list()).running).toEqual([{ id, name: 'second' }]);
    await remove(id);
    expect(await source.list()).toEqual({ running: [], stopped: [] });
  });

  test('tells of a running container all that its series need', async () => {
    const { source, start, remove } = subject();
    const id = await start('web');
    const seen = await source.inspect(id);
    const info = seen.kind === 'running' ? seen.info : undefined;
    expect(info).toMatchObject({
      id,
      name: 'web',
      labels: { team: 'blue' },
      state: 'running',
      health: 'none',
    });
    expect(info?.image).not.toBe('');
    expect(info?.pid).toBeGreaterThan(1);
    expect(info?.startedSeconds).toBeGreaterThanOrEqual(info?.createdSeconds ?? Number.NaN);
    expect(info?.limits.cpuShares).toBe(1_024);
    expect(id).toMatch(/^[0-9a-f]{64}$/);
    await remove(id);
  });

  test('knows nothing of a container that is gone', async () => {
    const { source, start, remove } = subject();
    const id = await start('gone');
    await remove(id);
    expect(await source.inspect(id)).toEqual({ kind: 'gone' });
  });

  test('tells of a stopped container what it is and that it has ended', async () => {
    const { source, start, stop, remove } = subject();
    const id = await start('calm');
    await stop(id);
    const stopped = { id, name: 'calm', labels: { team: 'blue' }, state: 'exited' };
    expect(await source.list()).toMatchObject({ running: [], stopped: [stopped] });
    expect(await source.inspect(id)).toMatchObject({ kind: 'stopped', container: stopped });
    await remove(id);
  });

  test('knows the versions of the engine and of what it runs on', async () => {
    const { engine, kernel, operatingSystem } = await subject().source.versions();
    expect(engine).toMatch(/^\d+\.\d+\.\d+/);
    expect(kernel).toMatch(/^\d+\.\d+/);
    expect(operatingSystem).not.toBe('');
  });
}
