/** A pool of workers grows and shrinks, through a whole executor. */
import { afterEach, describe, expect, test } from '@jest/globals';
import { STATE_LABEL } from '../../../internal/contract/labels.ts';
import { POOL, POOL_KEY, type PoolStage, setPoolStage } from './pool-stage.ts';
import type { RunningExecutor } from './start-executor.ts';

let pool: PoolStage;
afterEach(async () => {
  await pool[Symbol.asyncDispose]();
});

const requests = (): readonly string[] => pool.cloud.requests.filter((text) => !text.startsWith('maintain'));
const replicas = (name: string): number => pool.stage.docker.state.replicas(name);

describe('more workers', () => {
  test('are asked for when the pool is loaded, one step, and not again while one boots', async () => {
    pool = await setPoolStage(1);
    await using executor = await pool.start();
    pool.fire('overloaded');
    await pool.until('there are 4', () => pool.workers().length === 4);
    await pool.until('it says why there are no more', async () => {
      const last = (await executor.decisions(POOL_KEY)).at(-1);
      return last?.reason === 'at_max';
    });
    expect(requests()).toEqual(['scaleTo 2', 'scaleTo 3', 'scaleTo 4']);
  });

  test('come as many as the waiting tasks need, at once', async () => {
    pool = await setPoolStage(1);
    pool.createService('web', 6, { cores: 1 });
    pool.tick();
    await using executor = await pool.start();
    pool.fire('overloaded', 4);
    await pool.until('all tasks run', () => pool.workers().length === 3);
    pool.fire(undefined);
    expect([requests(), await pool.reasons(executor)]).toEqual([['scaleTo 3'], ['pending_tasks']]);
  });

  test('are not bought for tasks that no empty worker takes', async () => {
    pool = await setPoolStage(1);
    pool.createService('huge', 1, { memoryBytes: 64 * 1024 ** 3 });
    pool.tick();
    await using executor = await pool.start();
    pool.fire('overloaded', 1);
    await pool.until(
      'it says so',
      async () => (await executor.decisions(POOL_KEY)).at(-1)?.reason === 'unschedulable',
    );
    expect(requests()).toEqual([]);
    expect(await (await executor.get('/metrics')).text()).toContain(
      'micado_executor_pool_tasks_unschedulable{infra_id="micado_worker_infra",node="worker"} 1',
    );
  });

  test('that never join are given back, and the next one waits', async () => {
    pool = await setPoolStage(1);
    pool.neverJoin.add('vm-2');
    await using executor = await pool.start('--worker.boot-deadline=1s');
    pool.fire('overloaded');
    await pool.until(
      'it backs off',
      async () => (await executor.decisions(POOL_KEY)).at(-1)?.reason === 'back_off',
    );
    expect(requests()).toEqual(['scaleTo 2', 'remove vm-2']);
    expect(pool.cloud.pool(POOL).vms.map(({ id }) => id)).toEqual(['vm-1']);
  });

  test('are asked for once when the answer is lost', async () => {
    pool = await setPoolStage(1, { max: '2' });
    await using executor = await pool.start();
    await pool.until('the provider looks after the pool', () => pool.cloud.requests.includes('maintain'));
    pool.cloud.loseNextAnswer = true;
    pool.fire('overloaded');
    await pool.until('there are 2', () => pool.workers().length === 2);
    expect((await executor.decisions(POOL_KEY)).map(({ reason }) => reason)).toContain('provider_away');
    expect(requests()).toEqual(['scaleTo 2']);
  });

  test('wait while the provider is away, and the executor says so', async () => {
    pool = await setPoolStage(1, { max: '2' });
    pool.cloud.away = 'the cloud is closed';
    await using executor = await pool.start();
    pool.fire('overloaded');
    await pool.until(
      'it says so',
      async () => (await executor.decisions(POOL_KEY)).at(-1)?.reason === 'provider_away',
    );
    expect((await executor.get('/-/ready')).status).toBe(503);
    pool.cloud.away = undefined;
    await pool.until('there are 2', () => pool.workers().length === 2);
  });

  test('come up to a raised minimum without any alert', async () => {
    pool = await setPoolStage(1, { min: '3' });
    await using executor = await pool.start();
    await pool.until('there are 3', () => pool.workers().length === 3);
    expect(await pool.reasons(executor)).toEqual(['out_of_bounds']);
  });
});

describe('fewer workers', () => {
  test('each empty before it goes, the only task of a service moved first', async () => {
    pool = await setPoolStage(2);
    pool.createService('web', 1);
    pool.createService('api', 1);
    pool.tick();
    await using executor = await pool.start();
    pool.fire('underloaded');
    await pool.until('one is left', () => pool.workers().length === 1);
    pool.fire(undefined);
    expect(requests()).toEqual([expect.stringMatching(/^remove vm-[12]$/)]);
    expect([replicas('web'), replicas('api')]).toEqual([1, 1]);
    expect(pool.stage.docker.state.service('web').Spec.Labels).not.toHaveProperty([STATE_LABEL.moving]);
    expect((await pool.reasons(executor)).filter((reason) => reason !== 'drain_advanced')).toEqual([
      'drain_started',
      'replica_taken_back',
      'vm_removed',
      'worker_removed',
    ]);
  });

  test('never below the minimum', async () => {
    pool = await setPoolStage(3, { min: '2' });
    await using executor = await pool.start();
    pool.fire('underloaded');
    await pool.until(
      'it stays at 2',
      async () => (await executor.decisions(POOL_KEY)).at(-1)?.reason === 'at_min',
    );
    expect([pool.workers().length, pool.cloud.pool(POOL).target]).toEqual([2, 2]);
  });

  test('not when the load comes back: the worker takes tasks again, and replicas are as before', async () => {
    pool = await setPoolStage(2);
    pool.createService('web', 1);
    pool.createService('api', 1);
    pool.tick();
    await using executor = await pool.start();
    pool.fire('underloaded');
    // Without ticks nothing runs elsewhere, so the drain waits in its middle.
    await pool.until('one is being emptied', () => pool.marks().length === 1);
    pool.fire('overloaded');
    await pool.until('it was undone', async () => (await pool.reasons(executor)).includes('drain_undone'));
    pool.fire(undefined);
    await pool.until(
      'all is as before',
      () => pool.marks().length === 0 && replicas('web') + replicas('api') === 2,
    );
    expect(pool.workers().map(({ Spec }) => Spec.Availability)).not.toContain('drain');
  });

  test('also when the executor is started anew after every step', async () => {
    pool = await setPoolStage(2);
    pool.createService('web', 1);
    pool.createService('api', 1);
    pool.tick();
    pool.fire('underloaded');
    for (let starts = 0; starts < 40 && pool.workers().length > 1; starts += 1) {
      await using executor = await pool.start();
      const before = (await pool.reasons(executor)).length;
      await pool.until('there is a further step', async () => (await pool.reasons(executor)).length > before);
    }
    expect([pool.workers().length, replicas('web'), replicas('api')]).toEqual([1, 1, 1]);
    expect(requests().length).toBe(1);
  });
});

describe('a person', () => {
  const lastReason = async (executor: RunningExecutor): Promise<string | undefined> =>
    (await executor.decisions(POOL_KEY)).at(-1)?.reason;

  test('who silences the way down keeps a drain from beginning', async () => {
    pool = await setPoolStage(2);
    pool.stage.alertmanager.silence({ alertname: 'worker_underloaded' });
    await using executor = await pool.start();
    pool.fire('underloaded');
    await pool.until('it holds', async () => (await lastReason(executor)) === 'silenced');
    pool.stage.alertmanager.clear();
    await pool.until('one is left', () => pool.workers().length === 1);
  });

  test('who pauses the pool stops a drain where it is, and lets it go on', async () => {
    pool = await setPoolStage(2);
    await using executor = await pool.start();
    await executor.post('/api/v1/pause', { target: POOL_KEY, reason: 'night' });
    pool.fire('underloaded');
    await pool.until('it holds', async () => (await lastReason(executor)) === 'paused');
    expect([pool.marks(), requests()]).toEqual([[], []]);
    await executor.post('/api/v1/resume', { target: POOL_KEY });
    await pool.until('one is left', () => pool.workers().length === 1);
  });

  test('who asks why gets everything in one answer', async () => {
    pool = await setPoolStage(2, { min: '2' });
    await using executor = await pool.start();
    pool.fire('underloaded');
    await pool.until('it holds', async () => (await lastReason(executor)) === 'at_min');
    expect(await executor.getJson(`/api/v1/targets/${POOL_KEY}/explain`)).toMatchObject({
      now: { kind: 'hold', reason: 'at_min' },
      provider: { name: 'command', target: 2, state: 'settled' },
      bounds: { min: 2, max: 4, rule: { min: 2, max: 4 }, differ: false },
      nodes: [
        {
          hostname: 'vm-1',
          vm: 'vm-1',
          state: 'ready',
          availability: 'active',
          scraped: true,
          may_go: 'yes',
        },
        { hostname: 'vm-2' },
      ],
      pending: { workers_needed: 0, unschedulable: [] },
      drain: null,
    });
    expect((await executor.get('/api/v1/targets/VM/i/nobody/explain')).status).toBe(404);
  });

  test('who gives two infrastructures a pool of one name is told, and neither is touched until one is renamed', async () => {
    pool = await setPoolStage(2);
    await using executor = await pool.start();
    pool.addRulesOf('other_infra');
    pool.fire('underloaded');
    await pool.until('it holds', async () => (await lastReason(executor)) === 'shared_pool');
    expect(await executor.getJson(`/api/v1/targets/${POOL_KEY}/explain`)).toMatchObject({
      now: { kind: 'hold', reason: 'shared_pool', detail: 'worker is also a pool of other_infra' },
    });
    expect([pool.marks(), requests()]).toEqual([[], []]);
    pool.setRules();
    await pool.until('one is left', () => pool.workers().length === 1);
  });

  test('who removes the rules in the middle of a drain gets the worker back', async () => {
    pool = await setPoolStage(2);
    pool.createService('web', 1);
    pool.createService('api', 1);
    pool.tick();
    {
      await using first = await pool.start();
      pool.fire('underloaded');
      await pool.until('a drain has begun', async () =>
        (await pool.reasons(first)).includes('drain_started'),
      );
    }
    pool.fire(undefined);
    pool.stage.prometheus.setRules([]);
    await using executor = await pool.start();
    await pool.until(
      'nothing is left of it',
      () => pool.marks().length === 0 && replicas('web') + replicas('api') === 2,
    );
    expect(await pool.reasons(executor)).toContain('drain_undone');
    expect(pool.workers().map(({ Spec }) => Spec.Availability)).toEqual(['active', 'active']);
  });
});
