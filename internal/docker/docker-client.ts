/** dockerode for calls (never for streams: its time limit would end them), with errors as `AppError`. */
import Docker from 'dockerode';
import { AppError, describeError } from '../daemon/app-error.ts';
import type { DockerHost } from './docker-host.ts';

const CALL_TIMEOUT_MS = 10_000;

export function createDockerClient(host: DockerHost, timeoutMs = CALL_TIMEOUT_MS): Docker {
  if (host.kind === 'socket') return new Docker({ socketPath: host.socketPath, timeout: timeoutMs });
  const { host: name, port, tls } = host;
  return new Docker({
    host: name,
    port,
    timeout: timeoutMs,
    protocol: tls === undefined ? 'http' : 'https',
    ...tls,
  });
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
