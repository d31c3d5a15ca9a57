/** `micado <command>`. */
import { dockerCertFolder } from '../internal/docker/docker-host.ts';
import { streamTerminal } from './adapters/stream-terminal.ts';
import { listCommands } from './command-list.ts';
import { runCommand } from './commands.ts';

import { createSurroundings } from './surroundings.ts';

const { env } = process;
// A terminal that was closed must not end the stack half-way: its parts are stopped by the signal that comes with it.
process.stdout.on('error', () => {});
const stdout = (text: string): void => void process.stdout.write(text);
const stderr = (text: string): void => void process.stderr.write(text);

const commands = listCommands({
  certFolder: dockerCertFolder(env),
  surroundings: () => createSurroundings({ env, write: stdout }),
  terminal: () => streamTerminal(process.stdout, env),
  stdout,
});

process.exitCode = await runCommand(commands, { argv: process.argv.slice(2), env, stdout, stderr });
