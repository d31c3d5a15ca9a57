/** The exporter's HTTP face, on `node:http` alone: it is scraped every two seconds on every node. */
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { constants, gzip } from 'node:zlib';
import { HTTP_PATH } from '../internal/contract/ports.ts';
import { describeError } from '../internal/daemon/app-error.ts';
import type { Logger } from '../internal/daemon/logger.ts';
import { EXPOSITION_CONTENT_TYPE } from './core/exposition.ts';

export type ExporterHttpOptions = {
  /** The text of a scrape, made now; the next call overwrites it. */
  scrape(): Uint8Array;
  /** Why the exporter is not ready, each reason a sentence. */
  notReady(): readonly string[];
  reload(): void;
  readonly logger: Logger;
};

type Route = (request: IncomingMessage, response: ServerResponse) => void | Promise<void>;

export function createExporterHttp(options: ExporterHttpOptions): RequestListener {
  const scrape = createSharedScrape(options.scrape);
  const routes: Readonly<Record<string, Readonly<Record<string, Route>>>> = {
    [HTTP_PATH.metrics]: {
      async GET(request, response) {
        const zipped = acceptsGzip(request);
        const body = await scrape(zipped);
        response.setHeader('content-type', EXPOSITION_CONTENT_TYPE);
        if (zipped) response.setHeader('content-encoding', 'gzip');
        response.setHeader('content-length', body.byteLength);
        response.end(body);
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
        response.end(LANDING_PAGE);
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

/**
 * Scrapes that come while one is being packed get that one: its figures are milliseconds old, and its bytes must not be
 * overwritten meanwhile.
 */
function createSharedScrape(scrape: () => Uint8Array): (zipped: boolean) => Promise<Uint8Array> {
  let packing: { readonly text: Uint8Array; readonly packed: Promise<Uint8Array> } | undefined;
  return async (zipped) => {
    if (!zipped) return (packing?.text ?? scrape()).slice();
    if (packing === undefined) {
      const text = scrape();
      const packed = pack(text).finally(() => {
        packing = undefined;
      });
      packing = { text, packed };
    }
    return await packing.packed;
  };
}

/** Level 1: the higher ones cost more than the whole scrape and save little. */
function pack(text: Uint8Array): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    gzip(text, { level: constants.Z_BEST_SPEED }, (error, packed) => {
      if (error === null) resolve(packed);
      else reject(error);
    });
  });
}

function acceptsGzip(request: IncomingMessage): boolean {
  const accepted = (request.headers['accept-encoding'] ?? '').split(',');
  return accepted.some((one) => /^\s*(gzip|\*)\s*(;\s*q=(1|0\.0*[1-9])[\d.]*\s*)?$/i.test(one));
}

function sendJson(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(`${JSON.stringify(body)}\n`);
}

const LANDING_PAGE = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>micado exporter</title></head>
<body><h1>micado exporter</h1>
<p>Container and Swarm metrics of this node.</p>
<ul><li><a href="/metrics">/metrics</a></li><li><a href="/-/ready">/-/ready</a></li>
<li><a href="/-/healthy">/-/healthy</a></li></ul></body></html>
`;
