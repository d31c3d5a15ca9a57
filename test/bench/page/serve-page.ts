/** The built page before a made-up cluster. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import type { Overview } from '../../../executor/core/overview/overview-shape.ts';
import { addStatusPage } from '../../../executor/web/status-page.ts';
import { PROJECT_ROOT } from '../../cluster/project-root.ts';
import { aCluster, aHistory, anExplanation, someDecisions } from './made-up-cluster.ts';

export type ServedPage = AsyncDisposable & { readonly url: string };

/** @param change What is otherwise than usual, asked at each overview. */
export async function servePage(
  services: number,
  change: (overview: Overview) => Overview = (overview) => overview,
): Promise<ServedPage> {
  const app = express();
  const router = express.Router();
  addStatusPage(router, `${PROJECT_ROOT}dist/bin/page`);
  app.use(router);
  app.get('/api/v1/overview', (_, response) => void response.json(change(aCluster(services, Date.now()))));
  app.get('/api/v1/decisions', (_, response) => {
    const nowMs = Date.now();
    response.json({ decisions: someDecisions(aCluster(services, nowMs).services, nowMs), next: null });
  });
  app.get('/api/v1/decisions/stream', (_, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
  });
  app.get('/api/v1/targets/:type/*name/history', (request, response) => {
    const { type, name } = request.params;
    const minutes = Number(request.query['minutes'] ?? 15);
    response.json(aHistory([type, ...name].join('/'), minutes, Date.now()));
  });
  app.get(
    '/api/v1/targets/:type/*name/explain',
    (_, response) => void response.json(anExplanation(Date.now())),
  );
  const server = createServer(app);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
