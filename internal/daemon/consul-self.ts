/** A binary as a service of Consul: where it listens, checked by its own health. */
import { hostname } from 'node:os';
import type { ConsulService } from '../contract/consul.ts';
import { HTTP_PATH, hostAndPort } from '../contract/ports.ts';
import type { Clock } from './clock.ts';
import { type ConsulAgent, createConsulAgent } from './consul-agent.ts';
import { type ConsulRegistration, createConsulRegistration } from './consul-registration.ts';
import { parseListenAddress } from './flag-kinds.ts';
import type { Logger } from './logger.ts';
import { packageVersion } from './program.ts';

export type ConsulSelfOptions = {
  readonly name: string;
  readonly config: {
    readonly 'consul.url': string;
    readonly 'consul.token-file': string;
    readonly 'web.listen-address': string;
  };
  /** As the listener says it, of which scheme and port count. */
  readonly url: string;
  readonly clock: Clock;
  readonly logger: Logger;
};

const EVERY_MS = 15_000;
const ALL_ADDRESSES: readonly string[] = ['', '0.0.0.0', '::'];

export type ConsulSelf = ConsulRegistration & { readonly agent: ConsulAgent };

/** Undefined where no Consul is named. */
export function createConsulSelf(options: ConsulSelfOptions): ConsulSelf | undefined {
  const { config, name, clock, logger } = options;
  if (config['consul.url'] === '') return undefined;
  const agent = createConsulAgent(config['consul.url'], config['consul.token-file']);
  const registration = createConsulRegistration({
    name,
    agent,
    desired: async () => [await describeSelf(options, agent)],
    isOurs: () => false,
    atExit: 'deregister',
    everyMs: EVERY_MS,
    clock,
    logger,
  });
  return { ...registration, agent };
}

/** Who listens on all addresses is reached by the one that it has on the way to the agent. */
async function describeSelf(
  { name, config, url }: ConsulSelfOptions,
  agent: ConsulAgent,
): Promise<ConsulService> {
  const host = parseListenAddress(config['web.listen-address'])?.host ?? '';
  const address = ALL_ADDRESSES.includes(host) ? await agent.localAddress() : host;
  const { protocol, port } = new URL(url);
  return {
    id: `${name}-${hostname()}-${port}`,
    name,
    address,
    port: Number(port),
    meta: { version: packageVersion() },
    check: { kind: 'http', url: `${protocol}//${hostAndPort(address, Number(port))}${HTTP_PATH.healthy}` },
  };
}
