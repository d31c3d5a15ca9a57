/** dockerode for calls (never for streams: its time limit would end them), with errors as `AppError`. */
import Docker from 'dockerode';
import { AppError, describeError } from '../daemon/app-error.ts';
import type { DockerHost } from './docker-host.ts';

const CALL_TIMEOUT_MS = 10_000;

export function createDockerClient(host: DockerHost, timeoutMs = CALL_TIMEOUT_MS): Docker {
  const docker = new Docker({ ...addressOf(host), timeout: timeoutMs });
  boundAnswers(docker, timeoutMs);
  refuseRedirects(docker);
  return docker;
}

function addressOf(host: DockerHost): Docker.DockerOptions {
  if (host.kind === 'socket') return { socketPath: host.socketPath };
  const { host: name, port, tls } = host;
  return { host: name, port, protocol: tls === undefined ? 'http' : 'https', ...tls };
}

/** dockerode never ends a call whose answer breaks off after its headers: its own time limit cuts the connection unheard. */
function boundAnswers({ modem }: Docker, timeoutMs: number): void {
  const dial = modem.dial.bind(modem);
  modem.dial = (options, callback) => {
    if (options.isStream === true || callback === undefined) {
      dial(options, callback);
      return;
    }
    const giveUp = (): void => callback(new Error(`no whole answer within ${timeoutMs} ms`), null);
    const deadline = setTimeout(giveUp, timeoutMs);
    dial(options, (error, answer) => {
      clearTimeout(deadline);
      callback(error, answer);
    });
  };
}

type Sender = { buildRequest(options: object, ...rest: readonly unknown[]): void };

/** No engine sends its clients elsewhere, and dockerode lets the failure of the second request end the process. */
function refuseRedirects({ modem }: Docker): void {
  const sender = modem as unknown as Sender;
  const send = sender.buildRequest.bind(modem);
  sender.buildRequest = (options, ...rest) => send({ ...options, maxRedirects: 0 }, ...rest);
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
