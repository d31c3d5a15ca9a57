/**
 * The agent of Consul that services are registered with. It runs the checks, and only it can forget what it was told; other
 * agents know of it by the catalog. On `node:http` alone, TLS only where it is wanted, as the exporter counts its memory.
 */
import { readFile } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import type { ConsulService } from '../contract/consul.ts';
import { hostAndPort } from '../contract/ports.ts';
import { AppError, describeError } from './app-error.ts';
import { exchange } from './http-exchange.ts';

export type ConsulAgent = {
  readonly url: string;
  /** What is registered with this agent, by id. */
  list(): Promise<ReadonlyMap<string, RegisteredService>>;
  register(service: ConsulService): Promise<void>;
  /** Fine where it is unknown. */
  deregister(id: string): Promise<void>;
  /** The address of this machine on the way to the agent. */
  localAddress(): Promise<string>;
};

/** As far as the agent tells; its checks are not among it. */
export type RegisteredService = Omit<ConsulService, 'id' | 'check'>;

const TIMEOUT_MS = 3_000;
/** Critical is what Consul begins with: each restart of ours would take all that runs out of its list for a moment. */
const CHECK = { Status: 'passing', Interval: '10s', Timeout: '3s', DeregisterCriticalServiceAfter: '10m' };

/** @param tokenFile read at every call, so that a renewed token is used at once; empty for none */
export function createConsulAgent(url: string, tokenFile: string): ConsulAgent {
  const call = async (method: 'GET' | 'PUT', path: string, body?: object) => {
    const where = `${method} ${url}/v1/agent${path}`;
    const token = tokenFile === '' ? undefined : await readToken(tokenFile);
    const open = url.startsWith('https:') ? (await import('node:https')).request : httpRequest;
    const outgoing = open(`${url}/v1/agent${path}`, {
      method,
      headers: token === undefined ? {} : { 'x-consul-token': token },
    });
    const sent = exchange({ outgoing, body: body && JSON.stringify(body), timeoutMs: TIMEOUT_MS });
    const { response, text } = await sent.catch((error: unknown) => {
      throw new AppError('unavailable', `${where}: ${describeError(error)}`, { cause: error });
    });
    const status = response.statusCode ?? 0;
    if (status === 403)
      throw new AppError(
        'unavailable',
        `${where}: denied; the token of --consul.token-file needs service:write`,
      );
    return { where, status, text };
  };
  const accept = ({ where, status, text }: Awaited<ReturnType<typeof call>>): void => {
    if (status !== 200)
      throw new AppError('unavailable', `${where}: HTTP ${status} ${text.slice(0, 200).trim()}`);
  };
  return {
    url,
    async list() {
      const answer = await call('GET', '/services');
      accept(answer);
      const services = parseServices(answer.text);
      if (services === undefined)
        throw new AppError('unavailable', `${answer.where}: the answer is no list of services`);
      return services;
    },
    async register(service) {
      accept(await call('PUT', '/service/register?replace-existing-checks=true', registrationOf(service)));
    },
    async deregister(id) {
      const answer = await call('PUT', `/service/deregister/${encodeURIComponent(id)}`);
      // Today's agents answer 404 for what they do not know.
      if (answer.status !== 404) accept(answer);
    },
    localAddress: () => addressTowards(url),
  };
}

async function readToken(file: string): Promise<string> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new AppError('unavailable', `cannot read --consul.token-file=${file}`, { cause: error });
  });
  return text.trim();
}

function registrationOf({ id, name, address, port, meta, check }: ConsulService): object {
  const how =
    check.kind === 'tcp'
      ? { TCP: hostAndPort(address, port) }
      : // Its certificate is made for those who use it, not for who asks whether it lives.
        {
          HTTP: check.url,
          Method: 'GET',
          ...(check.url.startsWith('https:') ? { TLSSkipVerify: true } : {}),
        };
  const Check = { CheckID: `${id}-check`, Name: `${name} answers`, ...how, ...CHECK };
  return { ID: id, Name: name, Address: address, Port: port, Tags: ['micado'], Meta: meta, Check };
}

/** By hand: a schema library would cost the exporter megabytes. */
function parseServices(text: string): ReadonlyMap<string, RegisteredService> | undefined {
  const entries = Object.entries(asRecord(parseJson(text)) ?? { '': undefined });
  const services = entries.map(([id, value]) => [id, parseService(value)] as const);
  const isWhole = services.every(([, service]) => service !== undefined);
  return isWhole ? new Map(services as [string, RegisteredService][]) : undefined;
}

function parseService(value: unknown): RegisteredService | undefined {
  const { Service: name, Address: address, Port: port, Meta: meta } = asRecord(value) ?? {};
  if (typeof name !== 'string' || typeof address !== 'string' || typeof port !== 'number') return undefined;
  const texts = Object.entries(asRecord(meta) ?? {}).map(([key, text]) => [key, String(text)] as const);
  return { name, address, port, meta: Object.fromEntries(texts) };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const asRecord = (value: unknown): Readonly<Record<string, unknown>> | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : undefined;

function addressTowards(url: string): Promise<string> {
  const { hostname, port, protocol } = new URL(url);
  const fallback = protocol === 'https:' ? 443 : 80;
  return new Promise((resolve, reject) => {
    const fail = (error: Error): void =>
      reject(new AppError('unavailable', `${url}: ${describeError(error)}`, { cause: error }));
    const socket = connect({ host: hostname.replace(/^\[|\]$/g, ''), port: Number(port) || fallback });
    socket.setTimeout(TIMEOUT_MS, () => socket.destroy(new Error(`no connection within ${TIMEOUT_MS} ms`)));
    socket.once('error', fail);
    socket.once('connect', () => {
      resolve(socket.localAddress ?? '');
      socket.destroy();
    });
  });
}
