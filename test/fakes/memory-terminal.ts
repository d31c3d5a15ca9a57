/** A terminal of a given size that keeps what was written on it. */
import type { Terminal } from '../../deploy/adapters/stream-terminal.ts';

export type MemoryTerminal = Terminal & {
  text(): string;
  /** Nobody reads any more. */
  close(): void;
};

export function createMemoryTerminal(
  overrides: Partial<Pick<Terminal, 'isInteractive' | 'hasColours'>> & {
    readonly width?: number;
    readonly height?: number;
  } = {},
): MemoryTerminal {
  const { isInteractive = false, hasColours = false, width = 100, height = 24 } = overrides;
  const closed = new AbortController();
  let written = '';
  return {
    isInteractive,
    hasColours,
    closed: closed.signal,
    columns: () => width,
    rows: () => height,
    write(text) {
      written += text;
    },
    text: () => written,
    close: () => closed.abort(),
  };
}
