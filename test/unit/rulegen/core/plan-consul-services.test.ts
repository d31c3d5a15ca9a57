import { describe, expect, test } from '@jest/globals';
import { isRegisteredByRulegen, planConsulServices } from '../../../../rulegen/core/plan-consul-services.ts';

const worker = { targets: ['10.0.0.7:9200'], labels: { job: 'exporter', pool: 'worker', node: 'w1' } };
const task = {
  targets: ['[fd00::2]:8080'],
  labels: { service: 'web', task: 'web.1', node: 'w1', __metrics_path__: '/m' },
};

describe('services of Consul', () => {
  test('are two for a worker, as in MiCADO, with its labels and its health', () => {
    const meta = { job: 'exporter', pool: 'worker', node: 'w1', registered_by: 'micado_rulegen' };
    const common = { address: '10.0.0.7', port: 9_200, meta };
    const check = { kind: 'http', url: 'http://10.0.0.7:9200/-/healthy' };
    expect(planConsulServices([worker])).toEqual([
      { id: 'worker_cluster-10.0.0.7-9200', name: 'worker_cluster', ...common, check },
      { id: 'app_docker_cluster-10.0.0.7-9200', name: 'app_docker_cluster', ...common, check },
    ]);
  });

  test('are one for all else that is scraped, checked by its port alone', () => {
    expect(planConsulServices([task])).toEqual([
      {
        id: 'micado_scraped-fd00::2-8080',
        name: 'micado_scraped',
        address: 'fd00::2',
        port: 8_080,
        meta: {
          service: 'web',
          task: 'web.1',
          node: 'w1',
          metrics_path: '/m',
          registered_by: 'micado_rulegen',
        },
        check: { kind: 'tcp' },
      },
    ]);
  });

  test('say no path where it is the usual one', () => {
    const usual = { ...task, labels: { ...task.labels, __metrics_path__: '/metrics' } };
    expect(planConsulServices([usual])[0]?.meta).not.toHaveProperty('metrics_path');
  });

  test('have meta data that Consul takes: letters, digits, _ and - in keys', () => {
    const keys = planConsulServices([worker, task]).flatMap(({ meta }) => Object.keys(meta));
    expect(keys.filter((key) => !/^[A-Za-z0-9_-]+$/.test(key))).toEqual([]);
  });

  test('are known again as rulegen’s', () => {
    expect(planConsulServices([worker, task]).every(isRegisteredByRulegen)).toBe(true);
    expect(isRegisteredByRulegen({ meta: { version: '1' } })).toBe(false);
  });
});
