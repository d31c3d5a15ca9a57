/** `micado why` over a whole executor: it understands what it really answers, for services and for pools. */
import { describe, expect, test } from '@jest/globals';
import { PLAIN } from '../../../deploy/core/look.ts';
import { explainWhy, runWhy } from '../../../deploy/why.ts';
import { systemClock } from '../../../internal/daemon/clock.ts';
import { eventually } from '../../eventually.ts';
import { POOL_KEY, setPoolStage } from '../executor/pool-stage.ts';
import { alertLabels, setStage } from '../executor/start-executor.ts';

describe('micado why', () => {
  test('tells of a service', async () => {
    await using stage = await setStage();
    stage.docker.state.createService({ name: 'web', replicas: 2 });
    const annotations = { min: '1', max: '3', threshold: '80' };
    stage.prometheus.setAlerts([{ labels: alertLabels('web'), annotations, value: '9.5e+01' }]);
    await using executor = await stage.startExecutor();
    await eventually('it has scaled', () => stage.docker.state.replicas('web') === 3);
    const why = (json: boolean) =>
      explainWhy({ url: executor.url, tokenFile: '' }, { name: 'web', json, look: PLAIN }, systemClock);
    const text = await eventually('the decision is in the journal', async () => {
      const now = await why(false);
      return now.includes('scale overloaded 2 → 3') && now;
    });
    expect(text).toMatch(/^docker\/web\nnow +hold at_max: /);
    expect(text).toMatch(/^replicas +3, 3 running; bounds 1 to 3 \(web_overloaded\), never more than 100$/m);
    expect(text).toMatch(/^alerts +web_overloaded firing for .*: value 95, threshold 80$/m);
    expect(text).toContain('would undo only the last scale, from 3 back to 2');
    expect(JSON.parse(await why(true))).toMatchObject({ target: 'docker/web', now: { reason: 'at_max' } });
  });

  test('tells of a pool by its key', async () => {
    await using pool = await setPoolStage(2);
    await using executor = await pool.start();
    const text = await explainWhy(
      { url: executor.url, tokenFile: '' },
      { name: POOL_KEY, json: false, look: PLAIN },
      systemClock,
    );
    expect(text).toMatch(/^VM\/micado_worker_infra\/worker\nnow +hold not_firing: /);
    expect(text).toMatch(/^vm-1 +ready +active/m);
  });

  test('says which one may be meant where there is none of the name', async () => {
    await using stage = await setStage();
    stage.docker.state.createService({ name: 'web' });
    stage.prometheus.setAlerts([{ labels: alertLabels('web') }]);
    await using executor = await stage.startExecutor();
    await eventually('web is known', async () => (await executor.decisions('docker/web')).length > 0);
    const why = explainWhy(
      { url: executor.url, tokenFile: '' },
      { name: 'wep', json: false, look: PLAIN },
      systemClock,
    );
    await expect(why).rejects.toThrow('the Swarm has no service for docker/wep; did you mean "docker/web"?');
  });

  test('fails where no stack runs', async () => {
    const options = {
      stateDir: '/nonexistent',
      executorUrl: '',
      tokenFile: '',
      name: 'web',
      json: false,
      look: PLAIN,
    };
    await expect(runWhy(options, systemClock)).rejects.toMatchObject({ code: 'not_found' });
  });
});
