/**
 * An agent of Consul: registers and forgets services, and runs their checks when a test says so. As the real one it takes PUT
 * only, answers what it does with an empty body, denies with plain text, and loses all when it is restarted.
 */
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { connect } from 'node:net';
import { z } from 'zod';

export type ConsulStatus = 'passing' | 'warning' | 'critical';

export type ConsulEntry = {
  readonly Name: string;
  readonly Address: string;
  readonly Port: number;
  readonly Meta: Readonly<Record<string, string>>;
  readonly Tags: readonly string[];
  readonly Check: Readonly<Record<string, unknown>>;
  /** Critical until its check has run, unless the registration says otherwise. */
  readonly status: ConsulStatus;
};

export type ConsulServer = AsyncDisposable & {
  readonly url: string;
  /** By id. */
  readonly services: ReadonlyMap<string, ConsulEntry>;
  /** `PUT /v1/agent/service/register`, in the order of arrival. */
  readonly calls: readonly string[];
  named(name: string): readonly ConsulEntry[];
  /** What every call must carry from now on; undefined: nothing. */
  requireToken(token: string | undefined): void;
  /** Its services are lost, as with an agent that has no data folder. */
  forgetAll(): void;
  runChecks(): Promise<void>;
  stop(): Promise<void>;
  start(): Promise<void>;
};

const registration = z.object({
  ID: z.string().optional(),
  Name: z.string().min(1),
  Address: z.string().default(''),
  Port: z.number().int().default(0),
  Tags: z.array(z.string()).default([]),
  Meta: z.record(z.string().regex(/^[A-Za-z0-9_-]{1,128}$/), z.string().max(512)).default({}),
  Check: z
    .object({
      Status: z.enum(['passing', 'warning', 'critical']).default('critical'),
      Interval: z.string(),
      HTTP: z.string().optional(),
      TCP: z.string().optional(),
    })
    .loose()
    .refine(({ HTTP, TCP }) => (HTTP === undefined) !== (TCP === undefined), 'one kind of check'),
});

type Answer = { readonly status: number; readonly type?: string; readonly body?: string };
const plain = (status: number, body: string): Answer => ({ status, type: 'text/plain; charset=utf-8', body });

export async function startConsulServer(): Promise<ConsulServer> {
  const services = new Map<string, ConsulEntry>();
  const calls: string[] = [];
  let token: string | undefined;
  const server = createServer((request, response) => {
    bodyOf(request)
      .then((body) => {
        calls.push(`${request.method} ${request.url?.split('?')[0]}`);
        const denied = token !== undefined && tokenOf(request) !== token;
        const answer = denied ? plain(403, 'Permission denied') : route(request, body, services);
        response.writeHead(answer.status, answer.type === undefined ? {} : { 'content-type': answer.type });
        response.end(answer.body);
      })
      .catch(() => response.destroy());
  });
  const listen = (port: number): Promise<void> =>
    new Promise((resolve) => server.listen(port, '127.0.0.1', () => resolve()));
  const stop = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  await listen(0);
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    services,
    calls,
    named: (name) => [...services.values()].filter((service) => service.Name === name),
    requireToken(value) {
      token = value;
    },
    forgetAll: () => services.clear(),
    async runChecks() {
      for (const [id, service] of services)
        services.set(id, { ...service, status: await runCheck(service.Check) });
    },
    stop,
    start: () => listen(port),
    async [Symbol.asyncDispose]() {
      if (server.listening) await stop();
    },
  };
}

function route(request: IncomingMessage, body: string, services: Map<string, ConsulEntry>): Answer {
  const path = (request.url ?? '').split('?')[0] ?? '';
  const method = request.method ?? '';
  if (path === '/v1/agent/services')
    return method === 'GET' ? listOf(services) : plain(405, 'method not allowed');
  const name = /^\/v1\/health\/service\/([^/]+)$/.exec(path)?.[1];
  if (name !== undefined) return healthOf(decodeURIComponent(name), services);
  const id = /^\/v1\/agent\/service\/deregister\/([^/]+)$/.exec(path)?.[1];
  if (path !== '/v1/agent/service/register' && id === undefined) return plain(404, 'Invalid URL path');
  if (method !== 'PUT') return plain(405, `method ${method} not allowed`);
  if (id !== undefined) {
    const known = services.delete(decodeURIComponent(id));
    return known ? { status: 200 } : plain(404, `Unknown service ID "${decodeURIComponent(id)}"`);
  }
  const parsed = registration.safeParse(JSON.parse(body));
  if (!parsed.success) return plain(400, `Request decode failed: ${z.prettifyError(parsed.error)}`);
  const { ID = parsed.data.Name, ...service } = parsed.data;
  services.set(ID, { ...service, status: service.Check.Status });
  return { status: 200 };
}

function listOf(services: ReadonlyMap<string, ConsulEntry>): Answer {
  const list = [...services].map(([ID, { Name: Service, Address, Port, Meta, Tags }]) => [
    ID,
    { ID, Service, Tags, Meta, Port, Address, Weights: { Passing: 1, Warning: 1 }, EnableTagOverride: false },
  ]);
  return json(Object.fromEntries(list));
}

function healthOf(name: string, services: ReadonlyMap<string, ConsulEntry>): Answer {
  const found = [...services].filter(([, service]) => service.Name === name);
  return json(
    found.map(([ID, { Name: Service, Address, Port, Meta, Tags, status }]) => ({
      Node: { Node: 'agent', Address: '127.0.0.1', Datacenter: 'dc1', Meta: {} },
      Service: { ID, Service, Tags, Meta, Port, Address },
      Checks: [{ CheckID: `${ID}-check`, Status: status, ServiceID: ID }],
    })),
  );
}

const json = (value: unknown): Answer => ({
  status: 200,
  type: 'application/json',
  body: JSON.stringify(value),
});

/** 2xx passes, 429 warns, all else is critical; a TCP check passes where somebody listens. */
async function runCheck({ HTTP, TCP }: ConsulEntry['Check']): Promise<ConsulStatus> {
  if (typeof HTTP === 'string')
    return await fetch(HTTP).then(
      ({ status, ok }) => (ok ? 'passing' : status === 429 ? 'warning' : 'critical'),
      () => 'critical',
    );
  const [, host = '', port = ''] = /^\[?(.+?)\]?:(\d+)$/.exec(String(TCP)) ?? [];
  return await new Promise((resolve) => {
    const socket = connect(Number(port), host);
    socket.once('connect', () => resolve('passing')).once('error', () => resolve('critical'));
    socket.once('connect', () => socket.destroy());
  });
}

const tokenOf = ({ headers }: IncomingMessage): string | undefined =>
  headers['x-consul-token']?.toString() ?? /^Bearer (.+)$/.exec(headers.authorization ?? '')?.[1];

async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const part of request.setEncoding('utf8')) text += String(part);
  return text;
}
