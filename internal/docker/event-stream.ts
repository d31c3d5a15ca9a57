/**
 * Docker's event stream as a wake-up that never ends: one connection, reconnect with `since` and back-off, and a call at
 * each (re)connect, because events in a gap may be lost and the listener must list again.
 */
import { describeError } from '../daemon/app-error.ts';
import { createBackOff } from '../daemon/back-off.ts';
import type { Clock } from '../daemon/clock.ts';
import type { Logger } from '../daemon/logger.ts';
import type { Actor } from '../daemon/run-group.ts';
import type { DockerHost } from './docker-host.ts';
import { streamDockerLines } from './line-stream.ts';

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
          const path = eventsPath(options, lastSeenNano);
          for await (const line of streamDockerLines(options.host, path, signal, () => {
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

function eventsPath({ filters }: EventStreamOptions, sinceNano: string | undefined): string {
  const since = sinceNano === undefined ? '' : `&since=${sinceNano.slice(0, -9)}.${sinceNano.slice(-9)}`;
  return `/events?filters=${encodeURIComponent(JSON.stringify(filters))}${since}`;
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
