/** What the exporter relies on of whatever tells it the containers. */
import { expect, test } from '@jest/globals';
import type { ContainerSource } from '../../../exporter/ports.ts';

export type ContainerSourceSubject = {
  readonly source: ContainerSource;
  /** Starts a container with the label `team=blue`, and gives its ID. */
  start(name: string): Promise<string>;
  rename(id: string, name: string): Promise<void>;
  remove(id: string): Promise<void>;
};

export function containerSourceSuite(subject: () => ContainerSourceSubject): void {
  test('lists what runs, by ID and by the name that it has now', async () => {
    const { source, start, rename, remove } = subject();
    const id = await start('first');
    expect(await source.listRunning()).toEqual([{ id, name: 'first' }]);
    await rename(id, 'second');
    expect(await source.listRunning()).toEqual([{ id, name: 'second' }]);
    await remove(id);
    expect(await source.listRunning()).toEqual([]);
  });

  test('tells of a running container all that its series need', async () => {
    const { source, start, remove } = subject();
    const id = await start('web');
    const info = await source.inspect(id);
    expect(info).toMatchObject({ id, name: 'web', labels: { team: 'blue' } });
    expect(info?.image).not.toBe('');
    expect(info?.pid).toBeGreaterThan(1);
    expect(info?.startedSeconds).toBeGreaterThanOrEqual(info?.createdSeconds ?? Number.NaN);
    expect(id).toMatch(/^[0-9a-f]{64}$/);
    await remove(id);
  });

  test('knows nothing of a container that is gone', async () => {
    const { source, start, remove } = subject();
    const id = await start('gone');
    await remove(id);
    expect(await source.inspect(id)).toBeUndefined();
  });
}
