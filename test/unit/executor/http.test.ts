import { expect, test } from '@jest/globals';
import { Registry } from 'prom-client';
import request from 'supertest';
import { addExecutorRoutes, MAX_BODY_BYTES, type RouteDeps } from '../../../executor/http.ts';
import { createExpressApp } from '../../../internal/daemon/express-app.ts';
import { silentLogger } from '../../../internal/daemon/logger.ts';

const unused = (): never => {
  throw new Error('not part of this test');
};

function appThat(deps: Partial<RouteDeps>) {
  const routes: RouteDeps = {
    intake: unused,
    views: { status: unused, targets: unused, explain: unused },
    log: { search: unused },
    stream: { serve: unused },
    pauses: { pauseOf: unused, current: unused, pause: unused, resume: unused },
    readOverview: unused,
    readHistory: unused,
    pageFolder: undefined,
    isStopping: () => false,
    wakeAll: unused,
    ...deps,
  };
  const options = { registry: new Registry(), logger: silentLogger, maxBodyBytes: MAX_BODY_BYTES };
  return createExpressApp({ ...options, notReady: () => [], reload: unused }, (router) =>
    addExecutorRoutes(router, routes),
  );
}

test('a webhook while stopping is 503, so that Alertmanager comes again', async () => {
  const answer = await request(appThat({ isStopping: () => true }))
    .post('/')
    .send({ version: '4', alerts: [] });
  expect(answer.status).toBe(503);
});

test('a webhook that is taken over is answered with what came of it', async () => {
  const app = appThat({ intake: async () => ({ kind: 'taken', woken: 2, bad: 1 }) });
  const answer = await request(app).post('/api/v1/alerts').send({ version: '4', alerts: [] });
  expect([answer.status, answer.body]).toEqual([200, { woken: 2, bad: 1 }]);
});

test('a path under targets that is no target is 404', async () => {
  const answer = await request(appThat({})).get('/api/v1/targets/docker/web/explane');
  expect(answer.status).toBe(404);
});
