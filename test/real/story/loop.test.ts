/** The story of one service: created, overloaded, idle, removed. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { callHttp } from '../../../internal/daemon/http-client.ts';
import { eventually } from '../../eventually.ts';
import { dashboard, dashboardQueries, filledIn } from '../../house/dashboard-queries.ts';
import { alertmanagerAlerts, decisionsOf, prometheusAlerts, ruleGroups } from '../support/apis.ts';
import { queryPrometheus } from '../support/prometheus-queries.ts';
import { metricComplaints } from '../support/promtool.ts';
import { openScene, SCENE_OPENS_WITHIN_MS, type Scene } from '../support/scene.ts';
import { removeService, replicasOf, waitForRunning } from '../support/services.ts';
import { watchReplicas } from '../support/watch-replicas.ts';

const LABELS = {
  'micado.max': '3',
  'micado.scaleup.cooldown': '5s',
  'micado.scaledown.for': '3s',
  'micado.scaledown.cooldown': '3s',
};

/** Of the dashboard: at least one query of each shows nothing while there is no pool, or while nothing happens. */
const MAY_BE_EMPTY: readonly string[] = [
  'Changes',
  'Deciding alerts',
  'On the way',
  'Trouble',
  'Why nothing is changed',
  'Workers of each pool',
  ...dashboard.annotations.list.map(({ name }) => `annotation ${name}`),
];

let scene: Scene;

beforeAll(async () => {
  scene = await openScene();
}, SCENE_OPENS_WITHIN_MS);

afterAll(async () => {
  await scene?.close();
});

describe('a service', () => {
  test('has its rules in Prometheus right after it was created', async () => {
    await scene.load.createService('web', LABELS);
    await eventually(
      'the rules are loaded',
      async () =>
        (await ruleGroups(scene.stack.url.prometheus)).some((group) => group.name === 'service-web'),
      { withinMs: 5_000 },
    );
    await waitForRunning(scene.engine, 'web', 1);
  });

  test('grows when it is overloaded, to its max and never above, one step at a time', async () => {
    const watch = watchReplicas(scene.engine, 'web');
    scene.load.set(1.0);
    await eventually('three replicas', async () => (await replicasOf(scene.engine, 'web')) === 3, {
      withinMs: 60_000,
    });
    await waitForRunning(scene.engine, 'web', 3);
    // Two more cool-downs: it would act again if max did not hold it.
    await eventually(
      'the executor held it at its max',
      async () =>
        (await decisionsOf(scene.stack.url.executor, 'docker/web')).some(({ reason }) => reason === 'at_max'),
      { withinMs: 30_000 },
    );
    expect(await watch.stop()).toEqual([1, 2, 3]);
  }, 120_000);

  test('shrinks to its min when it idles, and then has no alert', async () => {
    const watch = watchReplicas(scene.engine, 'web');
    scene.load.set(0);
    await eventually('one replica', async () => (await replicasOf(scene.engine, 'web')) === 1, {
      withinMs: 90_000,
    });
    await eventually(
      'no alert of it',
      async () =>
        !(await prometheusAlerts(scene.stack.url.prometheus)).some(
          ({ labels }) => labels['application'] === 'web',
        ),
      { withinMs: 30_000 },
    );
    expect(await watch.stop()).toEqual([3, 2, 1]);
  }, 150_000);

  test('has each change of replicas in the journal, with its reason', async () => {
    const scales = (await decisionsOf(scene.stack.url.executor, 'docker/web')).filter(
      ({ kind }) => kind === 'scale',
    );
    const shown = scales.map(({ from, to, reason }) => `${from}→${to} ${reason}`).toSorted();
    expect(shown).toEqual(['1→2 overloaded', '2→1 underloaded', '2→3 overloaded', '3→2 underloaded']);
  });

  test('is on the Grafana dashboard: Prometheus answers each of its queries', async () => {
    expect(dashboardQueries.length).toBeGreaterThan(50);
    await eventually(
      'all are answered, and none is empty that has something to show',
      async () => {
        const answers = await Promise.all(
          dashboardQueries.map(async ({ where, expr }) => ({
            where,
            samples: await queryPrometheus(scene.stack.url.prometheus, filledIn(expr)),
          })),
        );
        const silent = answers.filter(({ samples }) => samples.length === 0).map(({ where }) => where);
        expect(silent.filter((where) => !MAY_BE_EMPTY.includes(where))).toEqual([]);
        return true;
      },
      { withinMs: 20_000, everyMs: 1_000 },
    );
  }, 30_000);

  test('has made nothing pending about the autoscaler itself, from the start of the stack on', async () => {
    const ever = await queryPrometheus(
      scene.stack.url.prometheus,
      'count_over_time(ALERTS{alertname=~"micado_.+|pool_.+"}[1h])',
    );
    expect(ever).toEqual([]);
  });

  test('leaves no rule, no file, no alert and no series when it is removed', async () => {
    scene.load.set(1.0);
    await eventually(
      'an alert of it once more',
      async () =>
        (await prometheusAlerts(scene.stack.url.prometheus)).some(
          ({ labels }) => labels['application'] === 'web',
        ),
      { withinMs: 30_000 },
    );
    await removeService(scene.engine, 'web');
    await eventually(
      'the rules are gone',
      async () =>
        !(await ruleGroups(scene.stack.url.prometheus)).some((group) => group.name === 'service-web'),
      { withinMs: 5_000 },
    );
    expect(existsSync(join(scene.stack.rulesDir, 'service-web.yml'))).toBe(false);
    const mentions = async (url: string): Promise<boolean> =>
      (await callHttp({ url, timeoutMs: 5_000 })).text.includes('service_name="web"');
    await eventually(
      'its containers are gone',
      async () => !(await mentions(`${scene.stack.url.exporter}/metrics`)),
      {
        withinMs: 15_000,
      },
    );
    await eventually(
      'its alerts are gone from Prometheus and Alertmanager',
      async () =>
        [
          ...(await prometheusAlerts(scene.stack.url.prometheus)),
          ...(await alertmanagerAlerts(scene.stack.url.alertmanager)),
        ].every(({ labels }) => labels['application'] !== 'web'),
      { withinMs: 30_000 },
    );
  }, 90_000);
});

describe('the stack', () => {
  test('shows its metrics as promtool wants them, but for cAdvisor’s own names', async () => {
    for (const part of ['rulegen', 'executor', 'exporter'] as const) {
      const { text } = await callHttp({ url: `${scene.stack.url[part]}/metrics`, timeoutMs: 5_000 });
      const complaints = metricComplaints(text).filter(
        (line) => !/^(container_|machine_|cadvisor_)/.test(line),
      );
      expect({ part, complaints }).toEqual({ part, complaints: [] });
    }
  });

  test('ends with exit code 0 and leaves the Swarm alone', async () => {
    expect(await scene.stack.stop()).toBe(0);
    const info = (await scene.engine.docker.info()) as { Swarm: { LocalNodeState: string } };
    expect(info.Swarm.LocalNodeState).toBe('active');
  });
});
