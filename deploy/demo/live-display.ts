/** Shows the story while it happens: a block that is redrawn on a terminal, else a line for each event. */
import { renderDisplay, renderEvent } from './core/render-display.ts';
import type { Story } from './core/story.ts';

export type Terminal = {
  write(text: string): void;
  /** Whether what was written can be redrawn. */
  readonly isInteractive: boolean;
  columns(): number;
};

/** What a terminal is wide unless it says otherwise. */
const USUAL_COLUMNS = 100;

export function streamTerminal(stream: NodeJS.WriteStream): Terminal {
  return {
    write: (text) => void stream.write(text),
    isInteractive: stream.isTTY,
    columns: () => stream.columns ?? USUAL_COLUMNS,
  };
}

export type LiveDisplay = { show(story: Story): void };

export function createLiveDisplay(terminal: Terminal): LiveDisplay {
  return terminal.isInteractive ? redrawnDisplay(terminal) : lineDisplay(terminal);
}

function redrawnDisplay(terminal: Terminal): LiveDisplay {
  let height = 0;
  return {
    show(story) {
      const lines = renderDisplay(story, terminal.columns());
      const back = height === 0 ? '' : `\u001b[${height}A\u001b[J`;
      terminal.write(back + lines.map((line) => `${line}\n`).join(''));
      height = lines.length;
    },
  };
}

function lineDisplay(terminal: Terminal): LiveDisplay {
  let shown = 0;
  return {
    show({ events, startMs }) {
      for (const event of events.slice(shown)) terminal.write(`${renderEvent(event, startMs)}\n`);
      shown = events.length;
    },
  };
}
