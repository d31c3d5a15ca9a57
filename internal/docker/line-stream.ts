/** Docker's endless answers: one connection of its own, and the lines in it as they come. */
import { request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { AppError } from '../daemon/app-error.ts';
import type { DockerHost } from './docker-host.ts';

/** Ends when the engine ends the answer. Failures are `AppError` unavailable. */
export async function* streamDockerLines(
  host: DockerHost,
  path: string,
  signal: AbortSignal,
  onOpen: () => void = () => {},
): AsyncGenerator<string> {
  const response = await openDockerStream(host, path, signal);
  onOpen();
  let rest = '';
  for await (const chunk of response) {
    rest += String(chunk);
    const lines = rest.split('\n');
    rest = lines.pop() ?? '';
    yield* lines.filter((line) => line.trim() !== '');
  }
}

/** The answer's head has arrived and is 200; its body is UTF-8 text that may never end. */
async function openDockerStream(
  host: DockerHost,
  path: string,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  const where: RequestOptions =
    host.kind === 'socket'
      ? { socketPath: host.socketPath, host: 'docker' }
      : { host: host.host, port: host.port, ...host.tls };
  // Most engines are asked without TLS, which is a megabyte to load.
  const secure = host.kind === 'tcp' && host.tls !== undefined;
  const open = secure ? (await import('node:https')).request : httpRequest;
  return await new Promise((resolve, reject) => {
    const request = open({ ...where, path, signal, agent: false }, (response) => {
      response.setEncoding('utf8');
      if (response.statusCode === 200) {
        response.socket.setKeepAlive(true, 30_000);
        resolve(response);
        return;
      }
      response.resume();
      reject(new AppError('unavailable', `Docker answered ${response.statusCode} to ${path.split('?')[0]}`));
    });
    request.on('error', (error) =>
      reject(new AppError('unavailable', 'Docker cannot be reached', { cause: error })),
    );
    request.end();
  });
}
