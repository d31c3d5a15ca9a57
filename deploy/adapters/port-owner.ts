import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { AppError, systemErrorCode } from '../../internal/daemon/app-error.ts';
import { parseProcNet, socketsInTheWay } from '../core/parse-proc-net.ts';
import { LOOPBACK, type StackPorts } from '../core/plan-parts.ts';
import { PART_NAMES, type PartName } from '../core/stack-layout.ts';
import { nameOfProcess } from './process-table.ts';

/** Replaces each 0 by a free port. A port that is taken is `AppError` conflict with its owner. */
export async function settlePorts(wanted: StackPorts): Promise<StackPorts> {
  const open: Server[] = [];
  try {
    const ports: [PartName, number][] = [];
    // All are held until the last is found, so that none is given out twice.
    for (const name of PART_NAMES) {
      const server = await hold(name, wanted[name], ports);
      open.push(server);
      ports.push([name, (server.address() as AddressInfo).port]);
    }
    return Object.fromEntries(ports) as StackPorts;
  } finally {
    await Promise.all(open.map((server) => new Promise((resolve) => server.close(resolve))));
  }
}

function hold(name: PartName, port: number, held: readonly (readonly [PartName, number])[]): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error) => {
      const code = systemErrorCode(error);
      const other = held.find(([, heldPort]) => heldPort === port)?.[0];
      const problem =
        code === 'EACCES'
          ? 'is not for ordinary users to listen on'
          : `is taken by ${other === undefined ? describeOwner(port) : `this stack’s own ${other}`}`;
      reject(
        new AppError('conflict', `port ${port} for ${name} ${problem}; choose another with --${name}.port`),
      );
    });
    server.listen({ host: LOOPBACK, port }, () => resolve(server));
  });
}

/** `nginx (pid 812)`, as far as this user may see. */
export function describeOwner(port: number): string {
  const sockets = ['/proc/net/tcp', '/proc/net/tcp6'].flatMap((file) =>
    parseProcNet(orElse('', () => readFileSync(file, 'utf8'))),
  );
  const links = new Set(socketsInTheWay(sockets, port).map(({ inode }) => `socket:[${inode}]`));
  const pid = links.size === 0 ? undefined : findHolder(links);
  return pid === undefined
    ? 'another process (run as root to see which)'
    : `${nameOfProcess(pid)} (pid ${pid})`;
}

function findHolder(links: ReadonlySet<string>): number | undefined {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.map(Number).find((pid) => openFiles(pid).some((link) => links.has(link)));
}

/** What the process has open; nothing where it ended meanwhile or belongs to another user. */
function openFiles(pid: number): readonly string[] {
  const folder = `/proc/${pid}/fd`;
  return orElse([], () => readdirSync(folder)).map((fd) => orElse('', () => readlinkSync(`${folder}/${fd}`)));
}

/** In /proc anything may be gone between two looks. */
function orElse<T>(otherwise: T, read: () => T): T {
  try {
    return read();
  } catch {
    return otherwise;
  }
}
