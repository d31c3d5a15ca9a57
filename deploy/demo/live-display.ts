/** Shows the story while it happens: a block that is redrawn on a terminal, else a line for each event. */
import type { Terminal } from '../adapters/stream-terminal.ts';
import type { Story } from './core/story.ts';
import { renderEvent, type TimelineEvent } from './core/timeline.ts';

/** What there is to show of any story. */
type Shown = { readonly startMs: number; readonly events: readonly TimelineEvent[] };
/** What showing a story needs of a terminal. */
type Paper = Pick<Terminal, 'write' | 'isInteractive' | 'columns'>;
export type LiveDisplay<S extends Shown = Story> = { show(story: S): void };
/** The block as lines, none wider than `columns`. */
type Render<S> = (story: S, columns: number) => readonly string[];

export function createLiveDisplay<S extends Shown>(terminal: Paper, render: Render<S>): LiveDisplay<S> {
  return terminal.isInteractive ? redrawnDisplay(terminal, render) : lineDisplay(terminal);
}

function redrawnDisplay<S extends Shown>(terminal: Paper, render: Render<S>): LiveDisplay<S> {
  let height = 0;
  return {
    show(story) {
      const lines = render(story, terminal.columns());
      const back = height === 0 ? '' : `\u001b[${height}A\u001b[J`;
      terminal.write(back + lines.map((line) => `${line}\n`).join(''));
      height = lines.length;
    },
  };
}

function lineDisplay<S extends Shown>(terminal: Paper): LiveDisplay<S> {
  let shown = 0;
  return {
    show({ events, startMs }) {
      for (const event of events.slice(shown)) terminal.write(`${renderEvent(event, startMs)}\n`);
      shown = events.length;
    },
  };
}
