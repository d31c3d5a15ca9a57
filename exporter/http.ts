/** The exporter's HTTP face, on `node:http` alone: it is scraped every two seconds on every node. */
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { HTTP_PATH } from '../internal/contract/ports.ts';
import { describeError } from '../internal/daemon/app-error.ts';
import type { Logger } from '../internal/daemon/logger.ts';
import { EXPOSITION_CONTENT_TYPE } from './core/exposition.ts';
import { parseScrapeQuery } from './core/scrape-query.ts';
import { createSharedScrape, type ScrapeTexts } from './shared-scrape.ts';

export type ExporterHttpOptions = {
  readonly texts: ScrapeTexts;
  readonly collectors: { readonly enabled: readonly string[]; readonly known: readonly string[] };
  /** Why the exporter is not ready, each reason a sentence. */
  notReady(): readonly string[];
  reload(): void;
  readonly logger: Logger;
};

type Route = (request: IncomingMessage, response: ServerResponse) => void | Promise<void>;

export function createExporterHttp(options: ExporterHttpOptions): RequestListener {
  const { collectors } = options;
  const scrape = createSharedScrape(options.texts);
  const landingPage = renderLandingPage(collectors.enabled);
  const routes: Readonly<Record<string, Readonly<Record<string, Route>>>> = {
    [HTTP_PATH.metrics]: {
      async GET(request, response) {
        const arrivedMs = performance.now();
        const asked = parseScrapeQuery(
          (request.url ?? '').split('?')[1] ?? '',
          request.headers['x-prometheus-scrape-timeout-seconds']?.toString(),
          collectors.enabled,
          collectors.known,
        );
        if (asked.kind === 'refused') {
          sendJson(response, 400, { error: asked.problem });
          return;
        }
        const zipped = acceptsGzip(request);
        const deadlineMs = arrivedMs + asked.budgetMs;
        const { body, done } = await scrape({ collectors: asked.collectors, deadlineMs }, zipped);
        response.once('close', done);
        response.setHeader('content-type', EXPOSITION_CONTENT_TYPE);
        if (zipped) response.setHeader('content-encoding', 'gzip');
        response.setHeader(
          'content-length',
          body.reduce((sum, piece) => sum + piece.byteLength, 0),
        );
        // Who has read all may ask again before the response is closed, and the text should be free by then.
        const last = body.at(-1);
        for (const piece of body) response.write(piece, piece === last ? done : undefined);
        response.end();
      },
    },
    [HTTP_PATH.healthy]: { GET: (_, response) => sendJson(response, 200, { healthy: true }) },
    [HTTP_PATH.ready]: {
      GET(_, response) {
        const reasons = options.notReady();
        const ready = reasons.length === 0;
        sendJson(response, ready ? 200 : 503, { ready, reasons });
      },
    },
    [HTTP_PATH.reload]: {
      POST(_, response) {
        options.reload();
        sendJson(response, 202, { reloading: true });
      },
    },
    '/': {
      GET(_, response) {
        response.setHeader('content-type', 'text/html; charset=utf-8');
        response.end(landingPage);
      },
    },
  };
  return (request, response) => {
    const path = (request.url ?? '/').split('?')[0] ?? '/';
    Promise.resolve(route(routes, path, request, response)).catch((error: unknown) => {
      options.logger.error('request failed', { url: path, error: describeError(error) });
      if (!response.headersSent) sendJson(response, 500, { error: 'internal error; the log says more' });
      else response.destroy();
    });
  };
}

async function route(
  routes: Readonly<Record<string, Readonly<Record<string, Route>>>>,
  path: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const methods = Object.hasOwn(routes, path) ? routes[path] : undefined;
  if (methods === undefined) {
    sendJson(response, 404, { error: `there is nothing at ${path}` });
    return;
  }
  const method = request.method === 'HEAD' ? 'GET' : (request.method ?? '');
  const act = Object.hasOwn(methods, method) ? methods[method] : undefined;
  if (act === undefined) {
    const allowed = Object.keys(methods).join(', ');
    response.setHeader('allow', allowed);
    sendJson(response, 405, { error: `${method} is not served here, only ${allowed}` });
    return;
  }
  await act(request, response);
}

function acceptsGzip(request: IncomingMessage): boolean {
  const accepted = (request.headers['accept-encoding'] ?? '').split(',');
  return accepted.some((one) => /^\s*(gzip|\*)\s*(;\s*q=(1|0\.0*[1-9])[\d.]*\s*)?$/i.test(one));
}

function sendJson(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(`${JSON.stringify(body)}\n`);
}

function renderLandingPage(collectors: readonly string[]): string {
  const links = ['/metrics', '/-/ready', '/-/healthy'].map(
    (path) => `<li><a href="${path}">${path}</a></li>`,
  );
  const parts = collectors.map((name) => `<a href="/metrics?collect[]=${name}">${name}</a>`);
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>micado exporter</title></head>
<body><h1>micado exporter</h1>
<p>Container and Swarm metrics of this node.</p>
<ul>${links.join('\n')}</ul>
<p>By collector: ${parts.join(', ')}. Several can be asked for at once: <code>collect[]=cpu&amp;collect[]=lifecycle</code>.</p>
</body></html>
`;
}
