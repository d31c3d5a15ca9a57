/** `micado status --watch`: the status again and again, drawn over itself on a terminal. An outage is shown, and waited for. */
import { isAppError } from '../internal/daemon/app-error.ts';
import { lookOf, type Terminal } from './adapters/stream-terminal.ts';
import { describeNotices } from './core/describe-status.ts';
import type { Look } from './core/look.ts';
import type { Surroundings } from './ports.ts';

export type Watched = {
  /** The text to show; what it cannot know is an `AppError`. */
  read(look: Look): Promise<string>;
  readonly json: boolean;
};

type Around = Pick<Surroundings, 'clock' | 'signal'> & { readonly terminal: Terminal };

const EVERY_MS = 2_000;
const CLEAR_SCREEN = '\u001b[2J';
const TO_TOP = '\u001b[H';
const CLEAR_LINE = '\u001b[K';
const CLEAR_REST = '\u001b[J';

/** Until the signal, or until nobody reads any more. Fails at once where there is no stack to begin with. */
export async function watchStatus({ read, json }: Watched, around: Around): Promise<void> {
  const { terminal, clock } = around;
  const signal = AbortSignal.any([around.signal, terminal.closed]);
  const isDrawn = terminal.isInteractive && !json;
  for (let isFirst = true; !signal.aborted; isFirst = false) {
    const look = lookOf(terminal);
    const text = await read(look).catch((error: unknown) => {
      if (!isAppError(error) || (isFirst && error.code === 'not_found')) throw error;
      return json ? `${JSON.stringify({ error: error.message })}\n` : describeNotices([error.message], look);
    });
    if (signal.aborted) return;
    if (isDrawn) draw(text, terminal, isFirst);
    else terminal.write(json || isFirst ? text : `\n${text}`);
    await clock.sleep(EVERY_MS, signal);
  }
}

/** Line by line over what was there, so that nothing flickers; what the screen has no room for is counted. */
function draw(text: string, terminal: Terminal, isFirst: boolean): void {
  const lines = text.trimEnd().split('\n');
  const room = terminal.rows() - 1;
  const more = `… ${lines.length - room + 1} more lines`;
  const shown = lines.length <= room ? lines : [...lines.slice(0, room - 1), more];
  const body = shown.map((line) => `${line}${CLEAR_LINE}\n`).join('');
  terminal.write(`${isFirst ? CLEAR_SCREEN : ''}${TO_TOP}${body}${CLEAR_REST}`);
}
