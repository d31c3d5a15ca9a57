import { expect, test } from '@jest/globals';
import { alertsAbout } from '../../../executor/alerts-about.ts';
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
