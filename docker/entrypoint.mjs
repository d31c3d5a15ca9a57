/**
 * Starts the binary that its first argument names. As root it first becomes a user without rights, in the group that owns
 * Docker's socket: a stack file can give a service no further group, and that group's number differs from machine to machine.
 */
import { statSync } from 'node:fs';
import process from 'node:process';

const USER = 65532;
const DEFAULT_HOST = 'unix:///var/run/docker.sock';

/** Whether it could. */
function becomeUser() {
  const host = process.env.MICADO_DOCKER_HOST || process.env.DOCKER_HOST || DEFAULT_HOST;
  const socket = host.startsWith('unix://')
    ? statSync(host.slice('unix://'.length), { throwIfNoEntry: false })
    : undefined;
  try {
    process.setgroups(socket?.isSocket() ? [socket.gid] : []);
    process.setgid(USER);
    process.setuid(USER);
    return true;
  } catch (error) {
    const cure =
      'give the container the capabilities SETUID and SETGID, or start it as another user (--user)';
    console.error(`micado: cannot become user ${USER}: ${error.message}; ${cure}`);
    process.exitCode = 1;
    return false;
  }
}

if (process.getuid() !== 0 || becomeUser()) {
  process.argv.splice(1, 1);
  await import(process.argv[1]);
}
