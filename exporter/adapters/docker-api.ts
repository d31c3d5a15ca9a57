/** Docker's API over `node:http` alone: a client library would cost more memory than the rest of the exporter. */
import { Agent, request as httpRequest, type RequestOptions } from 'node:http';
import { AppError } from '../../internal/daemon/app-error.ts';
import type { DockerHost } from '../../internal/docker/docker-host.ts';

export type DockerApi = {
  /** The answer to a GET as JSON. 404 is `AppError` not_found, any other failure unavailable. */
  get(path: string): Promise<unknown>;
  /** As `get`; an answer that is no list is unavailable too, so that it is never taken for an empty one. */
  getList(path: string): Promise<readonly unknown[]>;
};

const CALL_TIMEOUT_MS = 10_000;
/** Enough for listing, and no burden on an engine that is busy. */
const USUAL_SOCKETS = 4;

export type DockerApiOptions = {
  readonly maxSockets?: number;
  /** For a call's whole answer. */
  readonly timeoutMs?: number;
};

export function createDockerApi(
  host: DockerHost,
  { maxSockets = USUAL_SOCKETS, timeoutMs = CALL_TIMEOUT_MS }: DockerApiOptions = {},
): DockerApi {
  const transport = openTransport(host, maxSockets);
  const where: RequestOptions =
    host.kind === 'socket'
      ? { socketPath: host.socketPath, host: 'docker' }
      : { host: host.host, port: host.port, ...host.tls };
  const fetchText = async (path: string): Promise<{ status: number; text: string }> => {
    const { open, agent } = await transport();
    return await new Promise((resolve, reject) => {
      const request = open({ ...where, path, agent }, (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (part: string) => {
          text += part;
        });
        response.on('error', reject);
        response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
      });
      request.on('error', reject);
      // Taken back: hundreds of signals would else go off ten seconds after a list, when all else is at rest.
      const giveUp = (): void => void request.destroy(new Error(`no whole answer within ${timeoutMs} ms`));
      const deadline = setTimeout(giveUp, timeoutMs);
      request.on('close', () => clearTimeout(deadline));
      request.end();
    });
  };

  const get = async (path: string): Promise<unknown> => {
    const { status, text } = await fetchText(path).catch((error: unknown) => {
      throw new AppError('unavailable', 'Docker cannot be reached', { cause: error });
    });
    const what = `GET ${path.split('?')[0]}`;
    if (status === 404) throw new AppError('not_found', `Docker answered 404 to ${what}`);
    if (status !== 200)
      throw new AppError('unavailable', `Docker answered ${status} to ${what}: ${text.slice(0, 300).trim()}`);
    try {
      const json: unknown = JSON.parse(text);
      return json;
    } catch (error) {
      throw new AppError('unavailable', `Docker's answer to ${what} is not JSON`, { cause: error });
    }
  };
  return {
    get,
    async getList(path) {
      const json = await get(path);
      if (Array.isArray(json)) return json as readonly unknown[];
      throw new AppError('unavailable', `Docker's answer to GET ${path.split('?')[0]} is not a list`);
    },
  };
}

type Transport = { readonly open: typeof httpRequest; readonly agent: Agent };

/** TLS is loaded with the first call, where the engine is asked so: it takes a megabyte. */
function openTransport(host: DockerHost, maxSockets: number): () => Promise<Transport> {
  const connections = { keepAlive: true, maxSockets };
  if (host.kind === 'socket' || host.tls === undefined) {
    const plain = { open: httpRequest, agent: new Agent(connections) };
    return () => Promise.resolve(plain);
  }
  let secure: Promise<Transport> | undefined;
  return () => {
    secure ??= import('node:https').then((https) => ({
      open: https.request,
      agent: new https.Agent(connections),
    }));
    return secure;
  };
}
