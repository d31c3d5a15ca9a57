/**
 * Occopus' REST API as it really answers: application errors are HTTP 200, everything unexpected is an HTML page, scaling
 * calls only queue requests. The VMs come from the hypervisor that is given.
 */
import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { load } from 'js-yaml';
import { z } from 'zod';
import type { Clock } from '../../internal/daemon/clock.ts';
import {
  createOccopusInfrastructure,
  type Hypervisor,
  type NodeDescription,
  type OccopusInfrastructure,
  type OccopusInstance,
  type OccopusNode,
  type OccopusVersion,
} from './occopus-infrastructure.ts';

export type OccopusFault =
  | 'html_500'
  | 'error_body'
  /** The request is carried out, and the connection closed without an answer. */
  | 'lost_answer'
  | 'silent';

export type OccopusServerOptions = {
  readonly version: OccopusVersion;
  readonly clock: Clock;
  readonly hypervisor: Hypervisor;
  /** 10 s on the real thing. */
  readonly passMs?: number;
  /** One string (nova), or a list (ec2). */
  readonly addressForm?: 'string' | 'list';
};

export type OccopusServer = AsyncDisposable & {
  readonly url: string;
  /** `POST /infrastructures/x/attach`, in the order of arrival. */
  readonly calls: readonly string[];
  /** As `occopus-build -i ID` makes it: known, and not maintained until it is attached. One that is known gets new limits. */
  addInfrastructure(id: string, nodes: readonly NodeDescription[]): OccopusInfrastructure;
  infrastructure(id: string): OccopusInfrastructure | undefined;
  /** What happens to requests from now on; with a method: to the next one of that method, and to no other. */
  setFault(fault: OccopusFault | undefined, onceTo?: 'GET' | 'POST' | 'DELETE'): void;
  /** As a restart of the service: it knows all infrastructures, and maintains none. */
  restart(): void;
  stop(): Promise<void>;
};

type Answer = { readonly status: number; readonly type: string; readonly body: string };

export async function startOccopusServer(options: OccopusServerOptions): Promise<OccopusServer> {
  const infrastructures = new Map<string, OccopusInfrastructure>();
  const calls: string[] = [];
  let fault: { readonly kind: OccopusFault; readonly onceTo: string | undefined } | undefined;

  const addInfrastructure = (id: string, nodes: readonly NodeDescription[]): OccopusInfrastructure => {
    const { passMs = 10_000 } = options;
    const known = infrastructures.get(id);
    if (known !== undefined) {
      known.limit(nodes);
      return known;
    }
    const created = createOccopusInfrastructure({ ...options, passMs, nodes });
    infrastructures.set(id, created);
    return created;
  };
  const respond = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await bodyOf(request);
    calls.push(`${request.method} ${request.url}`);
    const hit = fault?.onceTo === undefined || fault.onceTo === request.method ? fault : undefined;
    if (hit?.onceTo !== undefined) fault = undefined;
    if (hit?.kind === 'silent') return;
    if (hit?.kind === 'html_500') return send(response, htmlPage(500));
    if (hit?.kind === 'error_body') return send(response, applicationError(400, 'ERROR: redis is away'));
    const answer = await route(request, body, { infrastructures, addInfrastructure, options });
    if (hit?.kind === 'lost_answer') response.destroy();
    else send(response, answer);
  };

  const sockets = new Set<Socket>();
  const server = createServer((request, response) => {
    respond(request, response).catch(() => send(response, htmlPage(500)));
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const detachAll = (): void => {
    for (const one of infrastructures.values()) one.detach();
  };
  const stop = async (): Promise<void> => {
    detachAll();
    if (!server.listening) return;
    await new Promise<void>((resolve) => {
      server.close(() => resolve());
      for (const socket of sockets) socket.destroy();
    });
  };
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    addInfrastructure,
    infrastructure: (id) => infrastructures.get(id),
    setFault(kind, onceTo) {
      fault = kind === undefined ? undefined : { kind, onceTo };
    },
    restart: detachAll,
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

type Service = Pick<OccopusServer, 'addInfrastructure'> & {
  readonly infrastructures: Map<string, OccopusInfrastructure>;
  readonly options: OccopusServerOptions;
};

async function route(request: IncomingMessage, body: string, service: Service): Promise<Answer> {
  const { infrastructures, options } = service;
  const path = (request.url ?? '/').split('?')[0] ?? '/';
  if (path === '/infrastructures') return { status: 308, type: 'text/html', body: 'Redirecting…' };
  const [root, id, action, ...rest] = path.slice(1).split('/').map(decodeURIComponent);
  if (root !== 'infrastructures' || id === undefined) return unexpected(options);
  const method = request.method ?? 'GET';
  if (id === '' && method === 'POST') return createFrom(body, service);
  if (id === '' && method === 'GET') return json({ infrastuctures: [...infrastructures.keys()] });

  const infrastructure = infrastructures.get(id);
  const unknown = applicationError(300, `ERROR: infrastructure '${id}' does not exist!`);
  if (action === undefined && method === 'GET')
    return infrastructure === undefined ? unknown : json(report(infrastructure, options));
  if (action === undefined && method === 'DELETE') {
    if (infrastructure === undefined) return unknown;
    await infrastructure.dismantle();
    infrastructures.delete(id);
    return json({ infraid: id });
  }
  if (action === undefined || method !== 'POST') return unexpected(options);
  if (action === 'attach' || action === 'detach')
    return infrastructure === undefined ? unknown : changeMaintenance(id, infrastructure, action);
  return scale(action, rest, { id, infrastructure, unknown, options });
}

function changeMaintenance(
  id: string,
  infrastructure: OccopusInfrastructure,
  action: 'attach' | 'detach',
): Answer {
  if (infrastructure[action]()) return json({ infraid: id });
  const state = action === 'attach' ? 'already being maintained' : 'not maintained';
  return applicationError(300, `ERROR: Infrastructure ${id} is ${state}!`);
}

type Scaled = {
  readonly id: string;
  readonly infrastructure: OccopusInfrastructure | undefined;
  readonly unknown: Answer;
  readonly options: OccopusServerOptions;
};

function scale(method: string, [name, argument]: readonly string[], scaled: Scaled): Answer {
  const { id, infrastructure, unknown, options } = scaled;
  const takesCount = method === 'scaleup' || (method === 'scaleto' && options.version === '1.10');
  if (!takesCount && method !== 'scaledown') return unexpected(options);
  if (name === undefined || (method === 'scaleto' && argument === undefined)) return unexpected(options);
  if (takesCount && argument !== undefined && !/^\d+$/.test(argument)) return unexpected(options);
  if (infrastructure === undefined) return unknown;
  const node = infrastructure.node(name);
  if (node === undefined)
    return applicationError(300, `ERROR: node '${name} does not exist in infrastructure '${id}'!`);
  if (method === 'scaledown') {
    node.destroys.push(argument);
    return json({ infraid: id, method, nodeid: argument ?? null, nodename: name });
  }
  const count = Number(argument ?? 1);
  if (method === 'scaleto') node.target = count;
  else node.creates += count;
  return json({ count, infraid: id, method, nodename: name });
}

const description = z.object({
  user_id: z.string(),
  nodes: z.array(
    z.object({
      name: z.string(),
      scaling: z.object({ min: z.number().optional(), max: z.number().optional() }).default({}),
    }),
  ),
});

function createFrom(body: string, { addInfrastructure }: Service): Answer {
  if (body === '') return applicationError(400, 'Empty POST data');
  const parsed = description.safeParse(load(body));
  if (!parsed.success) return applicationError(400, `'${parsed.error.issues[0]?.path.join('.')}'`);
  const nodes = parsed.data.nodes.map(({ name, scaling: { min = 1, max = min } }) => ({ name, min, max }));
  const id = randomUUID();
  addInfrastructure(id, nodes).attach();
  return json({ infraid: id });
}

/** A node without an instance is not in it at all. */
function report(infrastructure: OccopusInfrastructure, { addressForm }: OccopusServerOptions): object {
  const listed = infrastructure.nodes().filter(({ instances }) => instances.size > 0);
  const describeNode = (node: OccopusNode): object => ({
    instances: Object.fromEntries(
      [...node.instances.values()].map((instance) => [
        instance.id,
        describeInstance(instance, infrastructure.stateOf(instance), addressForm),
      ]),
    ),
    scaling: {
      actual: node.instances.size,
      max: node.max,
      min: node.min,
      target: infrastructure.reportedTarget(node),
    },
  });
  return Object.fromEntries(listed.map((node) => [node.name, describeNode(node)]));
}

function describeInstance(
  { addresses }: OccopusInstance,
  state: string,
  addressForm: 'string' | 'list' = 'string',
): object {
  if (state === 'shutdown') return { resource_address: null, state };
  return { resource_address: addressForm === 'list' ? addresses : (addresses[0] ?? ''), state };
}

const json = (value: unknown): Answer => ({
  status: 200,
  type: 'application/json',
  body: JSON.stringify(value),
});

const applicationError = (code: number, reason: string): Answer =>
  json({ message: '', reason, status_code: code });

/** 1.10 fails in its own error handler; 1.5 answers as Flask does. */
const unexpected = ({ version }: OccopusServerOptions): Answer => htmlPage(version === '1.10' ? 500 : 404);

const htmlPage = (status: number): Answer => ({
  status,
  type: 'text/html; charset=utf-8',
  body: `<!doctype html>\n<title>${status}</title>\n<h1>The server did not expect this.</h1>\n`,
});

function send(response: ServerResponse, { status, type, body }: Answer): void {
  response.writeHead(status, { 'content-type': type, 'access-control-allow-origin': '*' });
  response.end(body);
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const part of request.setEncoding('utf8')) text += String(part);
  return text;
}
