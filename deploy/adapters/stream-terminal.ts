/** The terminal that a stream of this process is, or is not. */
import { COLOURS, type Look, PLAIN } from '../core/look.ts';

export type Terminal = {
  write(text: string): void;
  /** Whether what was written can be redrawn. */
  readonly isInteractive: boolean;
  readonly hasColours: boolean;
  columns(): number;
  rows(): number;
  /** Aborted when nobody reads any more: `micado decisions --follow | head`. */
  readonly closed: AbortSignal;
};

/** What a terminal is large unless it says otherwise. */
const USUAL_COLUMNS = 100;
const USUAL_ROWS = 24;

/** NO_COLOR, whatever its value, takes the colours away (no-color.org). */
export function streamTerminal(
  stream: NodeJS.WriteStream,
  env: Readonly<Record<string, string | undefined>>,
): Terminal {
  const isInteractive = stream.isTTY && env['TERM'] !== 'dumb';
  const closed = new AbortController();
  stream.on('error', () => closed.abort());
  return {
    closed: closed.signal,
    write: (text) => void stream.write(text),
    isInteractive,
    hasColours: isInteractive && (env['NO_COLOR'] ?? '') === '',
    columns: () => stream.columns ?? USUAL_COLUMNS,
    rows: () => stream.rows ?? USUAL_ROWS,
  };
}

/** As it is now: terminals change their size. */
export function lookOf(terminal: Terminal): Look {
  if (!terminal.isInteractive) return PLAIN;
  return { ...(terminal.hasColours ? COLOURS : PLAIN), columns: terminal.columns() };
}
