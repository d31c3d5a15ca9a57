/** The HTTP face that the Express-served binaries share: `/metrics`, `/-/healthy`, `/-/ready`, `/-/reload`, errors. */
import type { RequestListener } from 'node:http';
import express, { type NextFunction, type Request, type Response, type Router } from 'express';
import type { Registry } from 'prom-client';
import { HTTP_PATH } from '../contract/ports.ts';
import { AppError, type AppErrorCode, describeError, isAppError } from './app-error.ts';
import type { Logger } from './logger.ts';

export type ExpressAppOptions = {
  readonly registry: Registry;
  /** Why the binary is not ready, each reason a sentence; empty when it is. */
  notReady(): readonly string[];
  /** What is not as it should be although the binary works, each a sentence. */
  warnings?(): readonly string[];
  /** What `POST /-/reload` does. */
  reload(): Promise<void>;
  readonly maxBodyBytes: number;
  readonly logger: Logger;
};

/** @param addRoutes adds the binary's own routes; a wrong method on a known path is answered by `onlyMethods`. */
export function createExpressApp(
  options: ExpressAppOptions,
  addRoutes: (router: Router) => void,
): RequestListener {
  const app = express();
  app.disable('x-powered-by').disable('etag');
  app.use(express.json({ limit: options.maxBodyBytes, strict: true }));

  app.get(HTTP_PATH.healthy, (_request, response) => {
    response.json({ healthy: true });
  });
  app.get(HTTP_PATH.ready, (_request, response) => {
    const reasons = options.notReady();
    const warnings = options.warnings?.() ?? [];
    const ready = reasons.length === 0;
    response.status(ready ? 200 : 503).json({ ready, reasons, ...(warnings.length > 0 ? { warnings } : {}) });
  });
  app.get(HTTP_PATH.metrics, async (_request, response) => {
    response.type(options.registry.contentType).send(await options.registry.metrics());
  });
  app.post(HTTP_PATH.reload, async (_request, response) => {
    await options.reload();
    response.json({ reloaded: true });
  });
  for (const path of [HTTP_PATH.healthy, HTTP_PATH.ready, HTTP_PATH.metrics])
    app.all(path, onlyMethods('GET'));
  app.all(HTTP_PATH.reload, onlyMethods('POST'));
  addRoutes(app);
  app.use((request) => {
    throw new AppError('not_found', `there is nothing at ${request.path}`);
  });
  app.use((error: unknown, request: Request, response: Response, _next: NextFunction) => {
    const { status, message } = toHttp(error);
    if (status >= 500)
      options.logger.error('request failed', { url: request.path, error: describeError(error) });
    if (!response.headersSent) response.status(status).json({ error: message });
  });
  return app as RequestListener;
}

/** Put behind the routes of a path with `app.all`: any other method is 405 with `Allow`. */
export function onlyMethods(...methods: readonly string[]) {
  return (request: Request, response: Response): void => {
    response
      .status(405)
      .set('allow', methods.join(', '))
      .json({ error: `${request.method} is not served here, only ${methods.join(', ')}` });
  };
}

const STATUS: Record<AppErrorCode, number> = {
  invalid: 400,
  not_found: 404,
  conflict: 409,
  unavailable: 503,
  internal: 500,
};

function toHttp(error: unknown): { readonly status: number; readonly message: string } {
  if (isAppError(error)) return { status: STATUS[error.code], message: error.message };
  // What Express' own body parser throws carries a status: 400 not JSON, 413 too large.
  const status =
    typeof error === 'object' && error !== null && 'status' in error ? Number(error.status) : 500;
  if (status >= 400 && status < 500) return { status, message: describeError(error) };
  return { status: 500, message: 'internal error; the log of this binary says more' };
}
