/**
 * Docker's event stream as a wake-up that never ends: one connection, reconnect with `since` and back-off, and a call at
 * each (re)connect, because events in a gap may be lost and the listener must list again.
 */
import { request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { AppError, describeError } from '../daemon/app-error.ts';
import { createBackOff } from '../daemon/back-off.ts';
import type { Clock } from '../daemon/clock.ts';
import type { Logger } from '../daemon/logger.ts';
import type { Actor } from '../daemon/run-group.ts';
import type { DockerHost } from './docker-host.ts';

export type DockerEvent = {
  /** `service`, `node`, `container` … */
  readonly type: string;
  readonly action: string;
  readonly id: string;
  readonly attributes: Readonly<Record<string, string>>;
};

export type EventStreamOptions = {
  readonly host: DockerHost;
  /** Docker's event filters: `{ type: ['service', 'node'] }`. */
  readonly filters: Readonly<Record<string, readonly string[]>>;
  readonly clock: Clock;
  readonly logger: Logger;
  /** The stream is (again) connected: list everything. */
  onConnect(): void;
  onDisconnect(problem: string): void;
  onEvent(event: DockerEvent): void;
};

export function createEventStream(options: EventStreamOptions): Actor {
  const { clock, logger } = options;
  return {
    name: 'docker events',
    async run(signal) {
      const backOff = createBackOff({ firstMs: 200, maxMs: 10_000 });
      let lastSeenNano: string | undefined;
      while (!signal.aborted) {
        try {
          for await (const line of streamLines(options, lastSeenNano, signal, () => {
            backOff.reset();
            options.onConnect();
          })) {
            const event = parseDockerEvent(line);
            if (event === undefined) continue;
            lastSeenNano = event.timeNano ?? lastSeenNano;
            options.onEvent(event.event);
          }
          if (!signal.aborted) options.onDisconnect('the engine closed the event stream');
        } catch (error) {
          if (signal.aborted) return;
          logger.warn('docker events interrupted', { error: describeError(error) });
          options.onDisconnect(describeError(error));
        }
        await clock.sleep(backOff.nextMs(), signal);
      }
    },
  };
}

async function* streamLines(
  { host, filters }: EventStreamOptions,
  sinceNano: string | undefined,
  signal: AbortSignal,
  onOpen: () => void,
): AsyncGenerator<string> {
  const since = sinceNano === undefined ? '' : `&since=${sinceNano.slice(0, -9)}.${sinceNano.slice(-9)}`;
  const path = `/events?filters=${encodeURIComponent(JSON.stringify(filters))}${since}`;
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
function openDockerStream(host: DockerHost, path: string, signal: AbortSignal): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const where: RequestOptions =
      host.kind === 'socket'
        ? { socketPath: host.socketPath, host: 'docker' }
        : { host: host.host, port: host.port, ...host.tls };
    const open = host.kind === 'tcp' && host.tls !== undefined ? httpsRequest : httpRequest;
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

/** One line of `GET /events`, or undefined for anything else than an event. */
export function parseDockerEvent(
  line: string,
): { event: DockerEvent; timeNano: string | undefined } | undefined {
  let json: unknown;
  try {
    json = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (typeof json !== 'object' || json === null) return undefined;
  const { Type: type, Action: action, Actor: actor } = json as Record<string, unknown>;
  if (typeof type !== 'string' || typeof action !== 'string') return undefined;
  const { ID: id, Attributes: attributes } = (actor ?? {}) as Record<string, unknown>;
  return {
    event: {
      type,
      action,
      id: typeof id === 'string' ? id : '',
      attributes: (attributes ?? {}) as Readonly<Record<string, string>>,
    },
    // As text: nanoseconds are beyond what a JavaScript number holds exactly.
    timeNano: /"timeNano":(\d{10,})/.exec(line)?.[1],
  };
}
