/**
 * Keeps services registered with a Consul agent: what it should know is compared with what it knows, over and over, so an agent
 * that was restarted, or told something else, is told again. Nothing else depends on it: failures are logged and shown.
 */
import type { ConsulService } from '../contract/consul.ts';
import { describeError } from './app-error.ts';
import { createBackOff } from './back-off.ts';
import type { Clock } from './clock.ts';
import type { ConsulAgent, RegisteredService } from './consul-agent.ts';
import type { Logger } from './logger.ts';
import type { Actor } from './run-group.ts';

export type ConsulRegistration = {
  readonly actor: Actor;
  /** Whether the agent answered when it was last asked, and knows all that it should. */
  isUp(): boolean;
  /** When it became so; undefined before the agent was first asked. */
  changedMs(): number | undefined;
  /** Looks now, as what is desired may have changed; while Consul is away its next attempt comes in its own time. */
  wake(): void;
};

export type ConsulRegistrationOptions = {
  /** For messages and for the actor. */
  readonly name: string;
  readonly agent: ConsulAgent;
  /** What the agent should know; undefined: not known now, so all stays as it is. */
  desired(): Promise<readonly ConsulService[] | undefined>;
  /** Whether a service that the agent has, and should not have, is one of ours. */
  isOurs(service: RegisteredService): boolean;
  /** At the end of the process: services of others outlive the one that speaks for them. */
  readonly atExit: 'deregister' | 'leave';
  readonly everyMs: number;
  readonly clock: Clock;
  readonly logger: Logger;
};

const BACK_OFF = { firstMs: 1_000, maxMs: 30_000 };

export function createConsulRegistration(options: ConsulRegistrationOptions): ConsulRegistration {
  const { name, agent, atExit, everyMs, clock, logger } = options;
  /** What was registered by this process, by id: checks are not listed, so each is told once whatever the agent has. */
  const told = new Set<string>();
  let problem: string | undefined = 'not asked yet';
  let changedMs: number | undefined;
  let isWoken = false;
  let endNap = (): void => {};

  const look = async (): Promise<void> => {
    const known = await agent.list();
    const desired = await options.desired();
    if (desired === undefined) return;
    const wanted = new Set(desired.map(({ id }) => id));
    for (const [id, service] of known)
      if (!wanted.has(id) && options.isOurs(service)) {
        await agent.deregister(id);
        told.delete(id);
      }
    for (const service of desired) {
      if (told.has(service.id) && isSame(service, known.get(service.id))) continue;
      await agent.register(service);
      told.add(service.id);
    }
  };
  const become = (next: string | undefined): void => {
    const isChange = changedMs === undefined || (problem === undefined) !== (next === undefined);
    if (isChange) changedMs = clock.now();
    problem = next;
  };
  const succeeded = (): void => {
    if (problem !== undefined) logger.info('consul up', { registration: name, agent: agent.url });
    become(undefined);
  };
  const failed = (error: unknown): void => {
    const now = describeError(error);
    if (now !== problem) logger.warn('consul failed', { registration: name, problem: now });
    become(now);
  };
  const nap = async (ms: number, signal: AbortSignal): Promise<void> => {
    if (isWoken && problem === undefined) return;
    const woken = new AbortController();
    endNap = () => woken.abort();
    await clock.sleep(ms, AbortSignal.any([signal, woken.signal]));
  };
  const leave = async (): Promise<void> => {
    if (atExit === 'leave') return;
    const ends = await Promise.allSettled([...told].map((id) => agent.deregister(id)));
    const left = ends.find((end) => end.status === 'rejected');
    if (left !== undefined)
      logger.warn('not deregistered from consul', { problem: describeError(left.reason) });
  };

  return {
    isUp: () => problem === undefined,
    changedMs: () => changedMs,
    wake() {
      isWoken = true;
      if (problem === undefined) endNap();
    },
    actor: {
      name: `consul ${name}`,
      async run(signal) {
        const backOff = createBackOff(BACK_OFF);
        while (!signal.aborted) {
          let waitMs = everyMs;
          isWoken = false;
          try {
            await look();
            succeeded();
            backOff.reset();
          } catch (error) {
            failed(error);
            waitMs = backOff.nextMs();
          }
          await nap(waitMs, signal);
        }
        await leave();
      },
    },
  };
}

function isSame(wanted: ConsulService, known: RegisteredService | undefined): boolean {
  if (known === undefined) return false;
  const { name, address, port, meta } = wanted;
  const keys = new Set([...Object.keys(meta), ...Object.keys(known.meta)]);
  return (
    known.name === name &&
    known.address === address &&
    known.port === port &&
    [...keys].every((key) => known.meta[key] === meta[key])
  );
}
