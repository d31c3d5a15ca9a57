import { expect, test } from '@jest/globals';
import { alertsAbout, alertsForPeople } from '../../../executor/alerts-about.ts';
import { serviceTarget, workersTarget } from '../../../executor/core/target.ts';
import { anAlert } from './builders.ts';

test('alerts are sorted by what they are about; one that names nothing is about nothing', () => {
  const web = anAlert('overloaded');
  const again = anAlert('out_of_bounds');
  const api = anAlert('overloaded', { labels: { application: 'api' } });
  const alerts = [web, { ...web, labels: {} }, api, again];
  expect(alertsAbout(serviceTarget('web'), alerts)).toEqual([web, again]);
  expect(alertsAbout(serviceTarget('api'), alerts)).toEqual([api]);
  expect(alertsAbout(serviceTarget('other'), alerts)).toEqual([]);
  expect(alertsAbout(workersTarget('web', 'web'), alerts)).toEqual([]);
});

test('alerts for people name their target without its type', () => {
  const atMax = { ...anAlert('overloaded'), labels: { alert: 'at_max', application: 'web' } };
  const poolAtMax = {
    ...anAlert('overloaded'),
    labels: { alert: 'pool_at_max', infra_id: 'shop', node: 'worker' },
  };
  const nodeDown = { ...anAlert('overloaded'), labels: { alert: 'node_down', hostname: 'n1' } };
  const found = alertsForPeople([anAlert('overloaded'), atMax, poolAtMax, nodeDown]);
  expect([...found]).toEqual([
    ['docker/web', [atMax]],
    ['VM/shop/worker', [poolAtMax]],
  ]);
});
