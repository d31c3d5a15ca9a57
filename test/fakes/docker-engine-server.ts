/**
 * A fake Docker engine over a unix socket: state that tests change, the API's answers (bodies, status codes and messages
 * of 20.10), and a record of the calls that came in.
 */
import { rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { endlessAnswer, filtersOf, listContainers } from './docker-engine-containers.ts';
import type { EngineNode, EngineServiceSpec } from './docker-engine-objects.ts';
import {
  createDockerEngineState,
  type DockerEngineState,
  type EngineStateOptions,
  replicasOf,
  type UpdateOutcome,
} from './docker-engine-state.ts';

export type EngineCall = {
  readonly method: string;
  /** Without the version prefix and the query: `/services/abc/update`. */
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly body: unknown;
};

export type DockerEngineServer = AsyncDisposable & {
  /** `unix:///tmp/…/docker.sock`, as `--docker.host` takes it. */
  readonly address: string;
  readonly state: DockerEngineState;
  readonly calls: readonly EngineCall[];
  /** How many calls came to a path: a text is the whole path. */
  callsTo(path: string | RegExp): number;
  /** The next `times` calls to the path are answered with this status and message instead. */
  failNext(path: string | RegExp, status: number, message: string, times?: number): void;
  /** Runs just before a call to the path is answered: a change by somebody else in between. Once. */
  before(path: string | RegExp, change: () => void): void;
  /** Ends all event streams, as a restart of the engine or a proxy does. */
  dropEventStreams(): void;
  /** Stops listening and cuts all connections; `resume` listens on the same socket again. */
  pause(): Promise<void>;
  resume(): Promise<void>;
};

export type Answer = { readonly status: number; readonly json: unknown };
type Hook = { readonly path: string | RegExp; left: number; act(): Answer | undefined };

const matches = (path: string | RegExp, actual: string): boolean =>
  typeof path === 'string' ? path === actual : path.test(actual);

export async function startDockerEngineServer(options: EngineStateOptions = {}): Promise<DockerEngineServer> {
  const folder = await mkdtemp(join(tmpdir(), 'fake-docker-'));
  const socketPath = join(folder, 'docker.sock');
  const state = createDockerEngineState(options);
  const calls: EngineCall[] = [];
  const hooks: Hook[] = [];
  const sockets = new Set<Socket>();
  const streams = new Set<ServerResponse>();

  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const call = await readCall(request);
    calls.push(call);
    const hook = hooks.find(({ path, left }) => left > 0 && matches(path, call.path));
    if (hook !== undefined) hook.left -= 1;
    const stream = endlessAnswer(state, call);
    const answer = hook?.act() ?? (stream === undefined ? answerDockerCall(state, call) : undefined);
    if (answer === undefined) {
      streams.add(response);
      response.on('close', () => streams.delete(response));
      stream?.(response);
      return;
    }
    response.writeHead(answer.status, { 'content-type': 'application/json' });
    response.end(answer.json === undefined ? '' : JSON.stringify(answer.json));
  };
  const server = createServer((request, response) => void serve(request, response));
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  const resume = (): Promise<void> => new Promise((resolve) => server.listen(socketPath, () => resolve()));
  const pause = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      for (const socket of sockets) socket.destroy();
    });
  await resume();

  return {
    address: `unix://${socketPath}`,
    state,
    calls,
    callsTo: (path) => calls.filter((call) => matches(path, call.path)).length,
    failNext: (path, status, message, times = 1) =>
      void hooks.push({ path, left: times, act: () => ({ status, json: { message } }) }),
    before: (path, change) =>
      void hooks.push({
        path,
        left: 1,
        act() {
          change();
          return undefined;
        },
      }),
    dropEventStreams() {
      for (const stream of streams) stream.destroy();
    },
    pause,
    resume,
    async [Symbol.asyncDispose]() {
      if (server.listening) await pause();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function readCall(request: IncomingMessage): Promise<EngineCall> {
  const url = new URL(request.url ?? '/', 'http://docker');
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  const text = Buffer.concat(parts).toString('utf8');
  const body: unknown = text === '' ? undefined : JSON.parse(text);
  return {
    method: request.method ?? 'GET',
    path: url.pathname.replace(/^\/v1\.\d+(?=\/)/, ''),
    query: Object.fromEntries(url.searchParams),
    body,
  };
}

const ok = (json: unknown): Answer => ({ status: 200, json });
const refuse = (status: number, message: string): Answer => ({ status, json: { message } });
const SWARM_PATH = /^\/(services|tasks|nodes|swarm)(\/|$)/;

/** Status and body, as the engine gives them. */
export function answerDockerCall(state: DockerEngineState, call: EngineCall): Answer {
  if (SWARM_PATH.test(call.path) && state.role !== 'manager')
    return refuse(
      503,
      'This node is not a swarm manager. Use "docker swarm init" or "docker swarm join" to connect this node to swarm and try again.',
    );
  const [, kind = '', id = '', action = ''] = call.path.split('/');
  switch (`${call.method} /${kind}${id === '' ? '' : '/*'}`) {
    case 'GET /_ping':
      return ok('OK');
    case 'GET /version':
      return ok({ Version: state.engineVersion, ApiVersion: '1.41' });
    case 'GET /info':
      return ok(engineInfo(state));
    case 'GET /swarm':
      return ok({ ID: 'fakeswarm', JoinTokens: { Worker: 'SWMTKN-fake-w', Manager: 'SWMTKN-fake-m' } });
    case 'GET /containers/*':
      if (id === 'json') return ok(listContainers(state, call.query['all'] === 'true'));
      return action === 'stats'
        ? found(state.stats.get(id), `container: ${id}`)
        : found(state.containers.get(id), `container: ${id}`);
    case 'GET /services':
      return ok(listServices(state, call));
    case 'GET /services/*':
      return found(state.services.get(id), `service ${id} not found`);
    case 'POST /services/*':
      return action === 'update' ? updateService(state, id, call) : createService(state, call);
    case 'DELETE /services/*':
      if (!state.services.has(id)) return refuse(404, `service ${id} not found`);
      state.removeService(id);
      return ok(undefined);
    case 'GET /tasks':
      return ok(listTasks(state, call));
    case 'GET /nodes':
      return ok([...state.nodes.values()]);
    case 'GET /nodes/*':
      return found(state.nodes.get(id), `node ${id} not found`);
    case 'POST /nodes/*':
      return updated(
        state.updateNode(id, Number(call.query['version']), call.body as EngineNode['Spec']),
        `node ${id} not found`,
      );
    case 'DELETE /nodes/*':
      return removeNode(state, id, call);
    default:
      return refuse(404, `page not found: ${call.method} ${call.path}`);
  }
}

function found(value: unknown, what: string): Answer {
  return value === undefined ? refuse(404, `No such ${what}`) : ok(value);
}

function engineInfo(state: DockerEngineState) {
  const [nodeId = 'fakenode'] = state.nodes.keys();
  return {
    ServerVersion: state.engineVersion,
    KernelVersion: '6.1.0-18-amd64',
    OperatingSystem: 'Debian GNU/Linux 12 (bookworm)',
    CgroupVersion: '1',
    CgroupDriver: 'cgroupfs',
    Swarm: {
      NodeID: state.role === 'none' ? '' : nodeId,
      LocalNodeState: state.role === 'none' ? 'inactive' : 'active',
      ControlAvailable: state.role === 'manager',
    },
  };
}

function listServices(state: DockerEngineState, call: EngineCall) {
  const { name, id, label } = filtersOf(call);
  return [...state.services.values()]
    .filter((one) => name === undefined || name.some((prefix) => one.Spec.Name.startsWith(prefix)))
    .filter((one) => id === undefined || id.some((prefix) => one.ID.startsWith(prefix)))
    .filter((one) => label === undefined || label.every((wanted) => hasLabel(one.Spec.Labels, wanted)))
    .map((one) => {
      const tasks = state.tasks.get(one.ID) ?? [];
      const running = tasks.filter(({ Status }) => Status.State === 'running').length;
      const desired = one.Spec.Mode.Replicated === undefined ? tasks.length : replicasOf(one.Spec);
      const status = { RunningTasks: running, DesiredTasks: desired, CompletedTasks: 0 };
      return call.query['status'] === 'true' ? { ...one, ServiceStatus: status } : one;
    });
}

/** `key`, or `key=value`. */
function hasLabel(labels: EngineServiceSpec['Labels'] = {}, wanted: string): boolean {
  const [key = '', ...value] = wanted.split('=');
  return key in labels && (value.length === 0 || labels[key] === value.join('='));
}

function listTasks(state: DockerEngineState, call: EngineCall) {
  const { service, 'desired-state': desired, node } = filtersOf(call);
  const nameOf = (id: string): string => state.services.get(id)?.Spec.Name ?? '';
  return [...state.tasks.values()]
    .flat()
    .filter((one) => desired === undefined || desired.includes(one.DesiredState))
    .filter((one) => node === undefined || node.includes(one.NodeID))
    .filter(
      (one) =>
        service === undefined || service.includes(one.ServiceID) || service.includes(nameOf(one.ServiceID)),
    );
}

function createService(state: DockerEngineState, call: EngineCall): Answer {
  const spec = call.body as EngineServiceSpec;
  if ([...state.services.values()].some(({ Spec }) => Spec.Name === spec.Name))
    return refuse(
      409,
      `rpc error: code = AlreadyExists desc = name conflicts with an existing object: service ${spec.Name} already exists`,
    );
  return { status: 201, json: { ID: state.createService({ spec }).ID } };
}

function updateService(state: DockerEngineState, id: string, call: EngineCall): Answer {
  const version = Number(call.query['version']);
  return updated(state.updateService(id, version, call.body as EngineServiceSpec), `service ${id} not found`);
}

function removeNode(state: DockerEngineState, id: string, call: EngineCall): Answer {
  const node = state.nodes.get(id);
  if (node === undefined) return refuse(404, `node ${id} not found`);
  if (node.Status.State !== 'down' && !['true', '1'].includes(call.query['force'] ?? ''))
    return refuse(
      400,
      `rpc error: code = FailedPrecondition desc = node ${id} is not down and can't be removed`,
    );
  state.removeNode(id);
  return ok(undefined);
}

function updated(outcome: UpdateOutcome, notFound: string): Answer {
  switch (outcome) {
    case 'updated':
      return ok({ Warnings: null });
    case 'not found':
      return refuse(404, notFound);
    case 'out of sequence':
      return refuse(500, 'rpc error: code = Unknown desc = update out of sequence');
  }
}
