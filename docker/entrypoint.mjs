/**
 * Starts the binary that its first argument names. As root it first becomes a user without rights, in the group that owns
 * Docker's socket: Swarm can give a service no further group, and that group's number differs from machine to machine.
 */
import { statSync } from 'node:fs';
import process from 'node:process';

const USER = 65532;
const DEFAULT_HOST = 'unix:///var/run/docker.sock';

function becomeUser() {
  const host = process.env.MICADO_DOCKER_HOST || process.env.DOCKER_HOST || DEFAULT_HOST;
  const socket = host.startsWith('unix://')
    ? statSync(host.slice('unix://'.length), { throwIfNoEntry: false })
    : undefined;
  process.setgroups(socket?.isSocket() ? [socket.gid] : []);
  process.setgid(USER);
  process.setuid(USER);
}

if (process.getuid() === 0) becomeUser();
process.argv.splice(1, 1);
await import(process.argv[1]);
