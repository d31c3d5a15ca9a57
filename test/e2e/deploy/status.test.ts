/** `micado status` over a whole executor and a whole rulegen: it understands what they really answer. */
import { describe, expect, test } from '@jest/globals';
import { createExecutorApi } from '../../../deploy/adapters/executor-api.ts';
import { readJudgedServices } from '../../../deploy/adapters/rulegen-api.ts';
import { PLAIN } from '../../../deploy/core/look.ts';
import { readStackStatus, runStatus } from '../../../deploy/status.ts';
import { systemClock } from '../../../internal/daemon/clock.ts';
import { eventually } from '../../eventually.ts';
import { POOL, POOL_KEY, setPoolStage } from '../executor/pool-stage.ts';
import { startRulegenBench } from '../rulegen/rulegen-bench.ts';

describe('micado status', () => {
  test('shows the pools and services that there are', async () => {
    await using pool = await setPoolStage(2);
    pool.stage.docker.state.createService({ name: 'web', replicas: 3 });
    await using rulegen = await startRulegenBench({
      before: ({ engine }) => {
        engine.state.createService({ name: 'web', labels: { 'micado.max': '6' } });
        engine.state.createService({ name: 'each-node', spec: { Mode: { Global: {} } } });
        engine.state.createService({ name: 'wrong', labels: { 'micado.max': 'many' } });
      },
    });
    await using executor = await pool.start();
    const api = createExecutorApi({ url: executor.url, tokenFile: '' });
    await pool.until('the pool is looked at', async () =>
      (await api.listTargets()).some(({ target }) => target === POOL_KEY),
    );
    const { pools, services, notices } = await eventually('both answer', async () => {
      const status = await readStackStatus(api, () => readJudgedServices(rulegen.url), '/state');
      return status.services.length === 3 && status;
    });
    expect(pools).toEqual([
      {
        infra: POOL.infraId,
        node: POOL.node,
        min: 1,
        max: 4,
        target: 2,
        actual: 2,
        ready: 2,
        in_flight: null,
        last_decision: expect.objectContaining({ kind: 'hold', reason: 'not_firing' }),
      },
    ]);
    expect(services).toEqual([
      expect.objectContaining({ service: 'each-node', state: 'not_scaled: global', min: null }),
      expect.objectContaining({ service: 'web', state: 'scaled', replicas: 3, running: 3, min: 1, max: 6 }),
      expect.objectContaining({
        service: 'wrong',
        state: expect.stringContaining('quarantined: micado.max: '),
      }),
    ]);
    expect(notices).toEqual([]);
  });

  test('says so where rulegen is away, and shows the rest', async () => {
    await using pool = await setPoolStage(1);
    await using executor = await pool.start();
    const api = createExecutorApi({ url: executor.url, tokenFile: '' });
    const status = await readStackStatus(api, () => readJudgedServices('http://127.0.0.1:1'), '/state');
    expect(status.services).toEqual([]);
    expect(status.notices).toEqual([expect.stringContaining('rulegen: ')]);
  });

  test('fails where no stack runs', async () => {
    const nowhere = { stateDir: '/nonexistent', executorUrl: '', tokenFile: '', rulegenUrl: '' };
    const status = runStatus({ ...nowhere, json: false }, PLAIN, systemClock);
    await expect(status).rejects.toMatchObject({ code: 'not_found' });
  });
});
