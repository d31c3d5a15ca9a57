/** QEMU's monitor: one command a line in, answers and events a line out. */
import { connect } from 'node:net';
import { createInterface } from 'node:readline';
import { z } from 'zod';

const message = z.looseObject({
  return: z.unknown().optional(),
  error: z.object({ desc: z.string() }).optional(),
});
const WITHIN_MS = 10_000;

/** Gives one command to the machine behind the socket; rejects when it is refused or not answered. */
export async function commandMachine(socketPath: string, command: string): Promise<void> {
  const socket = connect(socketPath);
  socket.setTimeout(WITHIN_MS, () => socket.destroy(new Error(`QEMU did not answer to ${command}`)));
  // The connection starts with a greeting, and takes commands once its capabilities are agreed on.
  const toSend = ['qmp_capabilities', command];
  try {
    for await (const line of createInterface({ input: socket })) {
      const { error, ...answer } = message.parse(JSON.parse(line));
      if (error !== undefined) throw new Error(`QEMU refused ${command}: ${error.desc}`);
      if (!('QMP' in answer) && answer.return === undefined) continue;
      const next = toSend.shift();
      if (next === undefined) return;
      socket.write(`${JSON.stringify({ execute: next })}\n`);
    }
  } finally {
    socket.destroy();
  }
}
