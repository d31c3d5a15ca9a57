/** `micado <command>`. */
import { dockerCertFolder } from '../internal/docker/docker-host.ts';
import { type Command, defineCommand, runCommand } from './commands.ts';
import { downFlags, stackOptions, upFlags } from './config.ts';
import { demoFlags, demoOptions } from './demo/config.ts';
import { runDemo } from './demo/demo.ts';
import { streamTerminal } from './demo/live-display.ts';
import { runDown } from './down.ts';
import { runSelfTest } from './self-test.ts';
import { createSurroundings } from './surroundings.ts';
import { runUp } from './up.ts';

const { env } = process;
// A terminal that was closed must not end the stack half-way: its parts are stopped by the signal that comes with it.
process.stdout.on('error', () => {});
const stdout = (text: string): void => void process.stdout.write(text);
const stderr = (text: string): void => void process.stderr.write(text);
const certFolder = dockerCertFolder(env);
const surroundings = () => createSurroundings({ env, write: stdout });

const commands: readonly Command[] = [
  defineCommand({
    name: 'up',
    summary: 'Run the whole stack on this machine until Ctrl-C; installs what is missing, and says so.',
    flags: upFlags,
    async run(values) {
      await runUp(stackOptions(values, certFolder), surroundings());
      return 0;
    },
  }),
  defineCommand({
    name: 'down',
    summary: 'Stop the stack of a state folder; with --purge, undo what up made on this machine.',
    flags: downFlags,
    async run(values) {
      const { 'state.dir': stateDir, purge } = values;
      return (await runDown({ stateDir, purge, dockerCertFolder: certFolder }, surroundings())) ? 0 : 1;
    },
  }),
  defineCommand({
    name: 'demo',
    summary: 'Show the loop at work: a loaded service grows, shrinks, goes; with --cluster, the workers too.',
    flags: demoFlags,
    run: (values) => runDemo(demoOptions(values, certFolder), surroundings(), streamTerminal(process.stdout)),
  }),
  defineCommand({
    name: 'prepare',
    summary: 'Install the npm packages and compile, where that is due, and end.',
    flags: {},
    run: async () => 0,
  }),
  {
    name: 'self-test',
    summary: 'Run all tests with the real parts; all arguments go to jest.',
    execute: ({ argv }) => runSelfTest(argv, surroundings()),
  },
];

process.exitCode = await runCommand(commands, { argv: process.argv.slice(2), env, stdout, stderr });
