import { describe, expect, test } from '@jest/globals';
import { silentLogger } from '../../../internal/daemon/logger.ts';
import { createCronCalendar } from '../../../rulegen/adapters/cron-calendar.ts';
import {
  createRuleTemplates,
  packageTemplatesFolder,
} from '../../../rulegen/adapters/handlebars-rule-templates.ts';
import { EMPTY_POLICY } from '../../../rulegen/core/policy.ts';
import type { ServiceFacts } from '../../../rulegen/core/service-facts.ts';
import { createPlanMaker } from '../../../rulegen/make-plan.ts';
import { createRulegenMetrics } from '../../../rulegen/metrics.ts';
import { createPassQueue } from '../../../rulegen/pass-queue.ts';
import type { FolderLead, PolicyReading } from '../../../rulegen/ports.ts';
import { createReconciler } from '../../../rulegen/reconcile.ts';
import { createStatus, gaugeSource, notReadyReasons } from '../../../rulegen/status.ts';
import { eventually } from '../../eventually.ts';
import { createManualClock } from '../../fakes/manual-clock.ts';
import { createMemoryRuleStore } from '../../fakes/memory-rule-store.ts';
import { aService } from './builders.ts';

/** A pass over a world that tests change; no Prometheus answers, and every set of files counts as loaded. */
function aWorld({ dryRun = false, startMs = Date.parse('2026-01-01T00:00:00Z') } = {}) {
  const world = {
    services: [] as ServiceFacts[],
    policy: { policy: EMPTY_POLICY, problems: [] } as PolicyReading,
    news: false,
    lead: { kind: 'leading' } as Awaited<ReturnType<FolderLead['hold']>>,
  };
  const clock = createManualClock(startMs);
  const store = createMemoryRuleStore();
  const status = createStatus();
  const pass = createReconciler({
    swarm: {
      listServices: () => Promise.resolve(world.services),
      listNodes: () => Promise.resolve([]),
      listTasks: () => Promise.resolve([]),
    },
    policy: { read: () => Promise.resolve(world.policy) },
    store,
    lead: { hold: () => Promise.resolve(world.lead), release: () => Promise.resolve() },
    makePlan: createPlanMaker({
      render: createRuleTemplates(packageTemplatesFolder()),
      queries: { check: () => Promise.resolve(new Map()) },
      calendar: createCronCalendar(),
      scrapeIntervalMs: 2_000,
      version: '1.0.0',
    }),
    publisher: {
      refused: new Map(),
      admit: (changes) => Promise.resolve(changes),
      publish: () => Promise.resolve('unchanged'),
    },
    events: { mark: () => ({ seen: 0, firstMs: undefined }), settle: () => Promise.resolve(world.news) },
    status,
    metrics: createRulegenMetrics(),
    clock,
    logger: silentLogger,
    resyncIntervalMs: 60_000,
    dryRun,
  });
  return { world, store, status, pass, clock };
}

describe('a pass', () => {
  test('leaves the reload to the next one when something happened meanwhile', async () => {
    const { world, store, pass } = aWorld();
    world.services = [aService({ name: 'web' })];
    world.news = true;
    expect(await pass()).toEqual({ againAfterMs: 0, rules: 'not_yet' });
    expect([...store.files.keys()].sort()).toEqual(['cluster.yml', 'service-web.yml']);
    expect(await pass()).toEqual({ againAfterMs: 60_000, rules: 'unchanged' });
  });

  test('writes nothing while another rulegen leads the folder, and goes on once that one is gone', async () => {
    const { world, store, status, pass } = aWorld();
    world.services = [aService({ name: 'web' })];
    world.lead = { kind: 'led_by', who: 'process 7 on m1' };
    expect(await pass()).toEqual({ againAfterMs: 2_000, rules: 'not_yet' });
    expect([...store.files.keys()]).toEqual([]);
    expect(notReadyReasons(status, [])).toEqual([expect.stringContaining('process 7 on m1')]);
    world.lead = { kind: 'leading' };
    await pass();
    expect([...store.files.keys()].sort()).toEqual(['cluster.yml', 'service-web.yml']);
    expect(notReadyReasons(status, [])).toEqual([]);
  });

  test('makes the folder what it should be, and the next one changes nothing', async () => {
    const { world, store, pass } = aWorld();
    world.services = [aService({ name: 'web' })];
    expect(await pass()).toEqual({ againAfterMs: 60_000, rules: 'unchanged' });
    const files = new Map(store.files);
    expect([...files.keys()].sort()).toEqual(['cluster.yml', 'service-web.yml']);
    await pass();
    expect(store.files).toEqual(files);
    world.services = [];
    await pass();
    expect([...store.files.keys()]).toEqual(['cluster.yml']);
  });

  test('says that the folder is full, keeps what is in it, and goes on when there is room', async () => {
    const { world, store, status, pass } = aWorld();
    await pass();
    const cluster = store.files.get('cluster.yml');
    world.services = [aService({ name: 'web' })];
    store.full = true;
    await expect(pass()).rejects.toMatchObject({ code: 'unavailable' });
    expect(status.folderProblem).toContain('no space left');
    expect([...store.files]).toEqual([['cluster.yml', cluster]]);
    store.full = false;
    await pass();
    expect(status.folderProblem).toBeUndefined();
    expect(store.files.has('service-web.yml')).toBe(true);
  });

  test('says so until the files are written, not only until the folder is listed', async () => {
    const { world, store, status, pass } = aWorld();
    world.services = [aService({ name: 'web' })];
    store.full = true;
    await expect(pass()).rejects.toMatchObject({ code: 'unavailable' });
    const said: (string | undefined)[] = [];
    const { write } = store;
    store.write = (name, text) => {
      said.push(status.folderProblem);
      return write(name, text);
    };
    store.full = false;
    await pass();
    expect(said).toEqual([
      expect.stringContaining('no space left'),
      expect.stringContaining('no space left'),
    ]);
    expect(status.folderProblem).toBeUndefined();
  });

  test('changes nothing without any good policy', async () => {
    const { world, store, pass } = aWorld();
    store.files.set('service-old.yml', '# generated by micado-rulegen 1.0.0; do not edit\n');
    world.policy = {
      policy: undefined,
      problems: [{ severity: 'error', where: 'p', value: '', message: 'is gone', cure: 'put it back' }],
    };
    world.services = [aService()];
    await expect(pass()).rejects.toThrow('no policy to follow: p: is gone; put it back');
    expect([...store.files.keys()]).toEqual(['service-old.yml']);
  });

  test('comes back soon while a query waits for a Prometheus', async () => {
    const { world, store, pass } = aWorld();
    world.services = [aService({ labels: { 'micado.query': 'up' } }), aService({ name: 'other' })];
    expect(await pass()).toEqual({ againAfterMs: 250, rules: 'unchanged' });
    expect([...store.files.keys()].sort()).toEqual(['cluster.yml', 'service-other.yml']);
  });

  test('tells in a dry run what it would do, and does nothing', async () => {
    const { world, store, status, pass } = aWorld({ dryRun: true });
    world.services = [aService()];
    await pass();
    expect(store.files.size).toBe(0);
    expect(status.changes.map(({ kind, file }) => `${kind} ${file}`)).toEqual([
      'write service-web.yml',
      'write cluster.yml',
    ]);
    expect(status.files.map(({ name }) => name)).toEqual(['service-web.yml', 'cluster.yml']);
  });
});

describe('a schedule', () => {
  const labels = { 'micado.max': '4', 'micado.schedule.noon': '0 12 * * *; 30m; min=3,max=9; Europe/Berlin' };
  const boundsIn = (text = ''): readonly unknown[] => {
    const [, min] = /\n {10}min: "(\d+)"/.exec(text) ?? [];
    const [, max] = /\n {10}max: "(\d+)"/.exec(text) ?? [];
    return [min, max];
  };
  const labelsIn = (text = ''): readonly string[] => text.match(/^ {8}labels:\n(?: {10}.+\n)+/gm) ?? [];

  test('asks for the next pass at the edge of its window', async () => {
    const { world, pass } = aWorld({ startMs: Date.parse('2026-01-01T10:59:30Z') });
    world.services = [aService({ labels }), aService({ name: 'other' })];
    expect(await pass()).toMatchObject({ againAfterMs: 30_000 });
  });

  test('changes the bounds at the edges of its window by itself, and no label of the alerts', async () => {
    const { world, store, pass, clock, status } = aWorld({ startMs: Date.parse('2026-01-01T10:59:59Z') });
    world.services = [aService({ labels })];
    const metrics = createRulegenMetrics();
    metrics.watch(gaugeSource(status, []));
    const events = { mark: () => ({ seen: 0, firstMs: undefined }), answered: () => {} };
    const passes = createPassQueue({ reconcile: pass, events, status, metrics, clock, logger: silentLogger });
    const ending = new AbortController();
    const running = passes.actor.run(ending.signal);
    const fileOf = () => store.files.get('service-web.yml');
    passes.wake();
    const before = await eventually('the file is there', fileOf);
    expect(boundsIn(before)).toEqual(['1', '4']);
    await clock.advance(999);
    expect(fileOf()).toBe(before);
    await clock.advance(1);
    await eventually('the bounds are those of the window', () => fileOf() !== before);
    expect(boundsIn(fileOf())).toEqual(['3', '9']);
    expect(labelsIn(fileOf())).toEqual(labelsIn(before));
    expect(labelsIn(before)).toHaveLength(2);
    expect(status.services[0]?.settings.min.from).toBe('micado.schedule.noon');
    expect(await metrics.registry.metrics()).toContain(
      'micado_rulegen_service_replicas_max{application="web"} 9',
    );
    for (let minute = 0; minute < 30; minute += 1) await clock.advance(60_000);
    await eventually('the bounds are as before', () => fileOf() === before);
    ending.abort();
    await running;
  });
});
