import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type ContainerTable, createContainerTable } from '../../../exporter/container-table.ts';
import { createOomLedger, type OomLedger } from '../../../exporter/core/oom-ledger.ts';
import { createExporterCounts, type ExporterCounts } from '../../../exporter/metrics.ts';
import type { CgroupLocator } from '../../../exporter/ports.ts';
import { type ContainerLoop, createContainerLoop } from '../../../exporter/reconcile.ts';
import { silentLogger } from '../../../internal/daemon/logger.ts';
import {
  aContainerInfo,
  type ContainerSourceFake,
  createContainerSourceFake,
  createStatsSourceFake,
  type StatsSourceFake,
} from '../../fakes/container-source.ts';
import { createKernelFilesFake } from '../../fakes/kernel-files.ts';
import { createManualClock, type ManualClock } from '../../fakes/manual-clock.ts';

const MINUTE_MS = 60_000;

let source: ContainerSourceFake;
let stats: StatsSourceFake;
let oomLedger: OomLedger;
let table: ContainerTable;
let counts: ExporterCounts;
let loop: ContainerLoop;
let clock: ManualClock;
let invisible: Set<string>;
let refreshed: string[];
let stop: AbortController;
let ended: Promise<void>;

beforeEach(() => {
  source = createContainerSourceFake();
  stats = createStatsSourceFake();
  counts = createExporterCounts([]);
  clock = createManualClock();
  invisible = new Set();
  refreshed = [];
  stop = new AbortController();
  const locator: CgroupLocator = {
    container: ({ id }) =>
      invisible.has(id)
        ? undefined
        : { path: `/${id}`, folders: {}, processFolder: undefined, foreignNetwork: false },
    machine: () => undefined,
  };
  table = createContainerTable({
    collectors: [
      {
        name: 'spy',
        families: [],
        open: ({ info }) => ({ read() {}, refresh: () => void refreshed.push(info().id) }),
      },
    ],
    kernelFiles: createKernelFilesFake(),
    locator,
    stats,
    labelChoice: { label: () => false, environment: () => false },
    onReadProblem() {},
    onOomKills() {},
  });
  oomLedger = createOomLedger();
  loop = createContainerLoop({ source, table, oomLedger, counts, clock, logger: silentLogger });
  ended = loop.actor.run(stop.signal);
});
afterEach(async () => {
  stop.abort();
  await ended;
  expect(table.tracked().size).toBe(0);
});

const run = (...ids: string[]): void => {
  for (const id of ids) source.running.set(id, aContainerInfo({ id }));
};
const event = (action: string, id: string, attributes: Record<string, string> = {}): void =>
  loop.onEvent({ type: 'container', action, id, attributes });
const tracked = (): string[] => [...table.tracked().keys()].sort();

describe('the table of containers', () => {
  test('has all that run once they are listed, and says so', async () => {
    run('a', 'b');
    expect(loop.listed()).toBe(false);
    loop.relist();
    await clock.advance(0);
    expect(tracked()).toEqual(['a', 'b']);
    expect(loop.listed()).toBe(true);
    expect(counts).toMatchObject({ dockerAnswers: true, containerLists: 1 });
  });

  test('follows events, and asks for no container but the one that they name', async () => {
    run('a');
    loop.relist();
    await clock.advance(0);
    run('b');
    event('start', 'b');
    await clock.advance(0);
    expect(tracked()).toEqual(['a', 'b']);
    expect(source.inspected).toEqual(['a', 'b']);
  });

  test('loses a container in the moment in which it dies, before Docker is asked', async () => {
    run('a');
    loop.relist();
    await clock.advance(0);
    source.running.delete('a');
    event('die', 'a');
    expect(tracked()).toEqual([]);
    await clock.advance(0);
    expect(tracked()).toEqual([]);
  });

  test('has a restarted container with its new process', async () => {
    run('a');
    loop.relist();
    await clock.advance(0);
    event('die', 'a');
    source.running.set('a', aContainerInfo({ id: 'a', pid: 99 }));
    event('start', 'a');
    await clock.advance(0);
    expect(table.get('a')?.info.pid).toBe(99);
  });

  test('is put right by the list of each minute when events were lost', async () => {
    run('a', 'b', 'renamed');
    loop.relist();
    await clock.advance(0);
    source.running.delete('a');
    run('c');
    source.running.set('renamed', aContainerInfo({ id: 'renamed', name: 'new' }));
    await clock.advance(MINUTE_MS - 1);
    expect(tracked()).toEqual(['a', 'b', 'renamed']);
    await clock.advance(1);
    expect(tracked()).toEqual(['b', 'c', 'renamed']);
    expect(table.get('renamed')?.info.name).toBe('new');
    expect(source.inspected.filter((id) => id === 'b')).toHaveLength(1);
  });

  test('reads limits again each minute, without opening anything anew', async () => {
    run('a');
    loop.relist();
    await clock.advance(0);
    const before = table.get('a');
    await clock.advance(MINUTE_MS);
    expect(refreshed).toEqual(['a']);
    expect(table.get('a')).toBe(before);
  });

  test('has what cannot be seen from here by its stats, until it can be seen', async () => {
    run('a', 'b');
    invisible.add('b');
    loop.relist();
    await clock.advance(0);
    const sources = (): unknown[] => ['a', 'b'].map((id) => table.get(id)?.source);
    expect(sources()).toEqual(['cgroup', 'api']);
    expect([...stats.followed]).toEqual(['b']);
    const before = table.get('b');
    await clock.advance(MINUTE_MS);
    expect(table.get('b')).toBe(before);
    invisible.clear();
    await clock.advance(MINUTE_MS);
    expect(sources()).toEqual(['cgroup', 'cgroup']);
    expect([...stats.followed]).toEqual([]);
  });

  test('keeps the files of a container open when only its health or its limits change', async () => {
    run('a');
    loop.relist();
    await clock.advance(0);
    const before = table.get('a');
    source.running.set('a', aContainerInfo({ id: 'a', health: 'unhealthy', state: 'paused' }));
    event('health_status: unhealthy', 'a');
    await clock.advance(0);
    expect(table.get('a')).toBe(before);
    expect(before?.info).toMatchObject({ health: 'unhealthy', state: 'paused' });
    expect(refreshed).toEqual(['a']);
  });

  test('looks again for new limits of twenty containers a minute, in turn, and of all when events were missed', async () => {
    const ids = Array.from({ length: 50 }, (_, number) => `c${number}`);
    run(...ids);
    loop.relist();
    await clock.advance(0);
    refreshed.length = 0;
    await clock.advance(MINUTE_MS);
    expect(refreshed).toEqual(ids.slice(0, 20));
    await clock.advance(3 * MINUTE_MS);
    expect(refreshed).toEqual([...ids, ...ids.slice(0, 20)]);
    refreshed.length = 0;
    loop.relist();
    await clock.advance(0);
    expect(refreshed).toEqual(ids);
  });

  const stopped = (id: string, labels = {}): void => {
    source.running.delete(id);
    source.stopped.set(id, { id, name: id, image: '', labels, state: 'exited' });
  };

  test.each(['start', 'rename'])(
    'shows none as stopped that is found ended after its %s and is removed within a second',
    async (action) => {
      run('a');
      loop.relist();
      await clock.advance(0);
      stopped('a');
      event(action, 'a');
      await clock.advance(999);
      expect([...loop.stopped().keys()]).toEqual([]);
      source.stopped.delete('a');
      await clock.advance(MINUTE_MS);
      expect([...loop.stopped().keys()]).toEqual([]);
    },
  );

  test('shows what a later list has as stopped when that has lasted for a second', async () => {
    loop.relist();
    await clock.advance(0);
    stopped('a');
    await clock.advance(MINUTE_MS + 999);
    expect([...loop.stopped().keys()]).toEqual([]);
    await clock.advance(1);
    expect([...loop.stopped().keys()]).toEqual(['a']);
    await clock.advance(2 * MINUTE_MS);
    expect([...loop.stopped().keys()]).toEqual(['a']);
  });

  test('knows what does not run, from its end until it is removed or started again', async () => {
    run('a', 'b', 'task');
    stopped('earlier');
    loop.relist();
    await clock.advance(0);
    expect([...loop.stopped().keys()]).toEqual(['earlier']);
    for (const id of ['a', 'b']) stopped(id);
    stopped('task', { 'com.docker.swarm.task.id': 't' });
    for (const id of ['a', 'b', 'task']) event('die', id);
    await clock.advance(1_000);
    expect([...loop.stopped().keys()]).toEqual(['earlier', 'a', 'b']);
    source.stopped.delete('a');
    event('destroy', 'a');
    source.stopped.delete('b');
    run('b');
    event('start', 'b');
    await clock.advance(0);
    expect([...loop.stopped().keys()]).toEqual(['earlier']);
  });

  test('asks for the engine’s versions at each connection, and no more often', async () => {
    loop.relist();
    await clock.advance(0);
    expect(loop.versions()?.engine).toBe('20.10.24');
    source.versions = async () => ({ engine: '29.0.0', kernel: '', operatingSystem: '' });
    await clock.advance(MINUTE_MS);
    expect(loop.versions()?.engine).toBe('20.10.24');
    loop.relist();
    await clock.advance(0);
    expect(loop.versions()?.engine).toBe('29.0.0');
  });
});

describe('an OOM kill', () => {
  const SERVICE = { 'com.docker.swarm.service.name': 'web' };
  const kills = (): Record<string, number> =>
    Object.fromEntries([...oomLedger.totals()].map(({ owner, kills: count }) => [owner.service, count]));

  test('is counted for the service, although it ended the container before any scrape', async () => {
    source.running.set('a', aContainerInfo({ id: 'a', labels: SERVICE }));
    loop.relist();
    await clock.advance(0);
    expect(kills()).toEqual({ web: 0 });
    source.running.delete('a');
    event('oom', 'a', { ...SERVICE, name: 'web.1' });
    event('die', 'a', { ...SERVICE, name: 'web.1' });
    source.running.set('b', aContainerInfo({ id: 'b', labels: SERVICE }));
    event('start', 'b');
    await clock.advance(2 * MINUTE_MS);
    expect(kills()).toEqual({ web: 1 });
  });
});

describe('Docker away', () => {
  test('leaves the table as it is, which is listed with back-off until it is back', async () => {
    run('a');
    loop.relist();
    await clock.advance(0);
    source.away = true;
    loop.relist();
    await clock.advance(MINUTE_MS);
    expect(tracked()).toEqual(['a']);
    expect(counts.dockerAnswers).toBe(false);
    expect(counts.containerListFailures).toBeGreaterThan(4);
    expect(counts.containerListFailures).toBeLessThan(20);
    source.away = false;
    await clock.advance(10_000);
    expect(counts.dockerAnswers).toBe(true);
  });
});
