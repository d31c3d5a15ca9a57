/** An HTTP or HTTPS server as an actor: bounded headers and times, certificates that follow their files, clean end. */
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { Server as TlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { hostAndPort } from '../contract/ports.ts';
import { AppError, systemErrorCode } from './app-error.ts';
import { parseListenAddress } from './flag-kinds.ts';
import type { FollowedFiles } from './followed-files.ts';
import type { Logger } from './logger.ts';
import { createRequestGuard } from './request-guard.ts';
import type { Actor } from './run-group.ts';
import type { TlsFiles, WebConfig } from './web-config.ts';

export type HttpListenerOptions = {
  readonly listenAddress: string;
  readonly webConfigFile: string;
  readonly allowedHosts: readonly string[];
  readonly handler: RequestListener;
  readonly logger: Logger;
};

export type HttpListener = {
  /** Serves until stopped; then lets running requests end, for at most 3 s. */
  readonly actor: Actor;
  readonly port: number;
  /** `http://127.0.0.1:9095`, as somebody on this machine would type it. */
  readonly url: string;
};

const LIMITS = {
  connectionsCheckingInterval: 1_000,
  headersTimeout: 5_000,
  requestTimeout: 15_000,
  keepAliveTimeout: 65_000,
  maxHeaderSize: 16_384,
};
const DRAIN_MS = 3_000;

/** Listens before it returns; a taken port is an `AppError` that names it. */
export async function openHttpListener(options: HttpListenerOptions): Promise<HttpListener> {
  const { logger } = options;
  const address = parseListenAddress(options.listenAddress);
  if (address === undefined) throw new AppError('invalid', `cannot listen on "${options.listenAddress}"`);
  const config = await webConfigOf(options);
  const guard = createRequestGuard({
    config: () => config.current(),
    listenHost: address.host,
    allowedHosts: options.allowedHosts,
  });
  const guarded: RequestListener = (request, response) => {
    void answer(guard.check(request), request, response, options.handler, logger);
  };
  const { tls } = config.current();
  const server =
    tls === undefined
      ? createServer(LIMITS, guarded)
      : (await import('node:https')).createServer({ ...LIMITS, ...secureContext(tls) }, guarded);
  if (tls !== undefined) followCertificates(server as TlsServer, () => config.current().tls);
  await listen(server, address.host, address.port);
  const { port } = server.address() as AddressInfo;
  const shownHost = ['', '0.0.0.0', '::'].includes(address.host) ? '127.0.0.1' : address.host;
  const url = `${tls === undefined ? 'http' : 'https'}://${hostAndPort(shownHost, port)}`;
  logger.info('listening', { url });
  return { port, url, actor: { name: 'http', run: (signal) => serveUntil(server, signal) } };
}

/** Without a file, what reads such files is not even loaded: it has a YAML parser in it. */
async function webConfigOf({
  webConfigFile,
  logger,
}: HttpListenerOptions): Promise<FollowedFiles<WebConfig>> {
  if (webConfigFile === '') return { current: () => OPEN_WEB_CONFIG };
  const { createWebConfigSource } = await import('./web-config.ts');
  return createWebConfigSource(webConfigFile, (problem) =>
    logger.error('web config not reloaded', { problem }),
  );
}

const OPEN_WEB_CONFIG: WebConfig = { tls: undefined, basicAuthUsers: new Map(), bearerTokens: [] };

async function answer(
  checked: ReturnType<ReturnType<typeof createRequestGuard>['check']>,
  request: IncomingMessage,
  response: ServerResponse,
  handler: RequestListener,
  logger: Logger,
): Promise<void> {
  try {
    const refused = await checked;
    if (refused === undefined) {
      handler(request, response);
      return;
    }
    response.writeHead(refused.status, {
      'content-type': 'application/json',
      connection: 'close',
      ...refused.headers,
    });
    response.end(`${JSON.stringify({ error: refused.message })}\n`);
  } catch (error) {
    logger.error('request failed', { url: request.url, error: String(error) });
    if (!response.headersSent) response.writeHead(500);
    response.end();
  }
}

function secureContext({ cert, key, clientCa, minVersion }: TlsFiles) {
  return {
    cert,
    key,
    minVersion,
    ...(clientCa === undefined ? {} : { ca: clientCa, requestCert: true, rejectUnauthorized: true }),
  };
}

/** Each new connection is made with the certificate that is on disk at that moment. */
function followCertificates(server: TlsServer, current: () => TlsFiles | undefined): void {
  let used = current();
  server.prependListener('connection', () => {
    const now = current();
    if (now === undefined || now === used) return;
    used = now;
    server.setSecureContext(secureContext(now));
  });
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => {
      const taken = systemErrorCode(error) === 'EADDRINUSE';
      const what = taken ? 'is taken by another process' : 'cannot be listened on';
      reject(
        new AppError(
          'unavailable',
          `address ${host}:${port} ${what}; choose another with --web.listen-address`,
          { cause: error },
        ),
      );
    });
    server.listen({ port, ...(host === '' ? {} : { host }) }, resolve);
  });
}

function serveUntil(server: Server, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    const stop = (): void => {
      const force = setTimeout(() => server.closeAllConnections(), DRAIN_MS);
      server.close(() => {
        clearTimeout(force);
        resolve();
      });
      server.closeIdleConnections();
    };
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
}
