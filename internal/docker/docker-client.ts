/** dockerode for calls (never for streams: its time limit would end them), with errors as `AppError`. */
import { request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { request as httpsRequest } from 'node:https';
import Docker from 'dockerode';
import { AppError, describeError } from '../daemon/app-error.ts';
import { exchange } from '../daemon/http-exchange.ts';
import type { DockerHost } from './docker-host.ts';

const CALL_TIMEOUT_MS = 10_000;

export function createDockerClient(host: DockerHost, timeoutMs = CALL_TIMEOUT_MS): Docker {
  const docker = new Docker({ ...addressOf(host), timeout: timeoutMs });
  sendByOurselves(docker, host, timeoutMs);
  return docker;
}

function addressOf(host: DockerHost): Docker.DockerOptions {
  if (host.kind === 'socket') return { socketPath: host.socketPath };
  const { host: name, port, tls } = host;
  return { host: name, port, protocol: tls === undefined ? 'http' : 'https', ...tls };
}

type Callback = (error: Error | null, answer: unknown) => void;
/** What is sent (`RequestOptions`), and what dockerode wants with it. */
type Call = {
  readonly isStream?: boolean;
  readonly hijack?: boolean;
  readonly openStdin?: boolean;
  readonly statusCodes: Readonly<Record<number, unknown>>;
};
/** The inside of dockerode's modem between a call and its outcome. */
type Sender = {
  socketPath: string | undefined;
  buildRequest(options: RequestOptions, call: Call, data: unknown, callback: Callback): void;
  buildPayload(
    error: null,
    isStream: false,
    statusCodes: Call['statusCodes'],
    openStdin: false,
    request: object,
    response: IncomingMessage,
    answer: unknown,
    callback: Callback,
  ): void;
};

/**
 * dockerode says what is called; ours is how a call with one whole answer travels. Its own way never ends a call whose
 * answer breaks off after its headers, lets a redirect that fails end the process, and describes every call for a debug log.
 */
function sendByOurselves({ modem }: Docker, host: DockerHost, timeoutMs: number): void {
  const sender = modem as unknown as Sender;
  const sendByDockerode = sender.buildRequest.bind(modem);
  const open = host.kind === 'tcp' && host.tls !== undefined ? httpsRequest : httpRequest;
  // For a socket of its own dockerode waits a turn: it may be told the path by a promise.
  sender.socketPath = undefined;
  const where: RequestOptions = host.kind === 'socket' ? { socketPath: host.socketPath } : {};
  sender.buildRequest = (given, call, data, callback) => {
    const options: RequestOptions = { ...given, ...where };
    const isText = data === undefined || typeof data === 'string';
    if (call.isStream === true || call.hijack === true || call.openStdin === true || !isText) {
      // No engine sends its clients elsewhere.
      sendByDockerode({ ...options, maxRedirects: 0 } as RequestOptions, call, data, callback);
      return;
    }
    exchange({ outgoing: open(options), body: data, timeoutMs }).then(
      ({ response, text }) =>
        sender.buildPayload(null, false, call.statusCodes, false, {}, response, parsed(text), callback),
      (error: Error) => callback(error, null),
    );
  };
}

/** What is no JSON, such as the answer to a ping, is given as it is. */
function parsed(text: string): unknown {
  try {
    const json: unknown = JSON.parse(text);
    return typeof json === 'object' && json !== null ? json : text;
  } catch {
    return text;
  }
}

/** Runs one call; what it throws is translated: 404 not_found, out of sequence conflict, 4xx invalid, else unavailable. */
export async function callDocker<T>(what: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw toAppError(what, error);
  }
}

export function toAppError(what: string, error: unknown): AppError {
  const message = `${what}: ${describeError(error)}`;
  const status =
    typeof error === 'object' && error !== null && 'statusCode' in error ? Number(error.statusCode) : 0;
  // Swarm's stale version is HTTP 500 on today's engines: only the message tells.
  if (message.includes('out of sequence') || status === 409)
    return new AppError('conflict', message, { cause: error });
  if (status === 404) return new AppError('not_found', message, { cause: error });
  if (status >= 400 && status < 500) return new AppError('invalid', message, { cause: error });
  return new AppError('unavailable', message, { cause: error });
}
