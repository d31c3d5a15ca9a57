/** `micado demo --cluster`. */

import { streamTerminal } from '../../../deploy/adapters/stream-terminal.ts';
import { runCommand } from '../../../deploy/commands.ts';
import { createSurroundings } from '../../../deploy/surroundings.ts';
import { defineCommand } from '../../../internal/daemon/commands.ts';
import { QUICK_EXECUTOR } from '../story/stage.ts';
import { clusterDemoFlags } from './config.ts';
import { runClusterDemo } from './demo.ts';

const { env } = process;
process.stdout.on('error', () => {});
const stdout = (text: string): void => void process.stdout.write(text);
const stderr = (text: string): void => void process.stderr.write(text);

const demo = defineCommand({
  name: 'demo',
  summary:
    'Show the cluster grow and shrink: workers boot when tasks find no room, and are drained when they idle.',
  flags: clusterDemoFlags,
  run: ({ json, 'bin.dir': binFolder }) =>
    runClusterDemo(
      { json, binFolder },
      // The parts of the stack inherit these.
      createSurroundings({ env: { ...env, ...QUICK_EXECUTOR, MICADO_WORKER_GRACE: '45s' }, write: stdout }),
      streamTerminal(process.stdout, env),
    ),
});

process.exitCode = await runCommand([demo], { argv: process.argv.slice(2), env, stdout, stderr });
