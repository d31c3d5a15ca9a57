/**
 * A master as `micado submit` finds it: the part of Docker's API that shows a Swarm manager and runs commands in Occopus'
 * container, with Occopus' tools behind it. The tools end with code 0 whatever happens, as the real ones do.
 */
import { existsSync, readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { z } from 'zod';
import { systemClock } from '../../internal/daemon/clock.ts';
import { createMemoryHypervisor } from './memory-hypervisor.ts';
import { parseOccopusDescriptor } from './occopus-descriptor.ts';
import type { OccopusVersion } from './occopus-infrastructure.ts';
import { importNodeDefinition } from './occopus-node-definition.ts';
import { type OccopusServer, startOccopusServer } from './occopus-server.ts';

export const WORKER_TOKEN = 'SWMTKN-1-worker-of-today';
const MANAGER_TOKEN = 'SWMTKN-1-manager-never-shown';

export type OccopusMachine = AsyncDisposable & {
  readonly dockerHost: string;
  readonly occopus: OccopusServer;
  /** Commands that were run in the container. */
  readonly commands: readonly (readonly string[])[];
  /** What tests change. */
  readonly state: {
    container: 'absent' | 'stopped' | 'running';
    isManager: boolean;
    /** What the tool says instead of doing its work. */
    toolSays: Readonly<Record<string, string>>;
    /** The tool that does not end. */
    hangs: string;
  };
};

export async function startOccopusMachine(version: OccopusVersion): Promise<OccopusMachine> {
  const hypervisor = createMemoryHypervisor(systemClock, 0);
  const occopus = await startOccopusServer({ version, clock: systemClock, hypervisor, passMs: 20 });
  const state: OccopusMachine['state'] = { container: 'running', isManager: true, toolSays: {}, hangs: '' };
  const commands: (readonly string[])[] = [];
  const runTool = (command: readonly string[]): string => {
    commands.push(command);
    const [tool = '', ...args] = command;
    const said = state.toolSays[tool];
    if (said !== undefined) return said;
    const file = args.at(-1) ?? '';
    if (!existsSync(file)) return `Traceback (most recent call last):\nFileNotFoundError: '${file}'`;
    const text = readFileSync(file, 'utf8');
    return tool === 'occopus-import'
      ? importNodeDefinition(text, version)
      : build(text, args[args.indexOf('-i') + 1] ?? '');
  };
  const build = (text: string, id: string): string => {
    const parsed = parseOccopusDescriptor(text);
    if (!parsed.ok) return `Traceback (most recent call last):\nKeyError: ${parsed.problem}`;
    const nodes = parsed.descriptor.nodes.map(({ name, scaling }) => ({ name, ...scaling }));
    occopus.addInfrastructure(id, nodes);
    return `${id}\r\n`;
  };

  const server = createServer((request, response) => {
    answer(request, response, state, runTool).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    dockerHost: `tcp://127.0.0.1:${(server.address() as AddressInfo).port}`,
    occopus,
    commands,
    state,
    async [Symbol.asyncDispose]() {
      await occopus.stop();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
    },
  };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  state: OccopusMachine['state'],
  runTool: (command: readonly string[]) => string,
): Promise<void> {
  let body = '';
  for await (const part of request.setEncoding('utf8')) body += String(part);
  const path = (request.url ?? '').split('?')[0] ?? '';
  const json = (status: number, value: unknown): void => {
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(value));
  };
  if (path === '/info')
    return json(200, {
      Swarm: { LocalNodeState: 'active', ControlAvailable: state.isManager, NodeAddr: '10.0.0.5' },
    });
  if (path === '/swarm') return json(200, { JoinTokens: { Worker: WORKER_TOKEN, Manager: MANAGER_TOKEN } });
  if (path.startsWith('/containers/')) {
    const name = path.split('/')[2] ?? '';
    if (state.container === 'absent') return json(404, { message: `No such container: ${name}` });
    if (!path.endsWith('/exec'))
      return json(200, {
        State: { Running: state.container === 'running' },
        NetworkSettings: {
          Networks: { micado_occopus: { IPAddress: '10.1.0.2' }, other: { IPAddress: '' } },
        },
      });
    // What is to be run stands in the id, so that nothing has to be remembered.
    const { Cmd } = z.object({ Cmd: z.array(z.string()) }).parse(JSON.parse(body));
    return json(201, { Id: Buffer.from(JSON.stringify(Cmd)).toString('base64url') });
  }
  const id = path.split('/')[2] ?? '';
  if (path.endsWith('/json')) return json(200, { ID: id, Running: false, ExitCode: 0 });
  response.writeHead(200, { 'content-type': 'application/vnd.docker.raw-stream' });
  const command = z.array(z.string()).parse(JSON.parse(Buffer.from(id, 'base64url').toString()));
  const words = runTool(command);
  if (state.hangs === command[0]) response.write('working\r\n');
  else response.end(words);
}
