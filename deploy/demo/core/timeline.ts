/** What happened and when, whatever the story: the spans between events, and how both are shown. */

export type TimelineEvent<Name extends string = string> = {
  readonly atMs: number;
  readonly event: Name;
  /** For people. */
  readonly detail: string;
};

/** Seconds by the name of the span; null where it did not happen. */
export type Spans<Name extends string = string> = Readonly<Record<Name, number | null>>;

/** From the first event of one name to the first of another after it. */
export function spanSeconds(
  events: readonly TimelineEvent[],
  [from, to]: readonly [string, string],
): number | null {
  const start = events.find(({ event }) => event === from);
  const end = events.find(
    ({ event, atMs }) => event === to && atMs >= (start?.atMs ?? Number.POSITIVE_INFINITY),
  );
  return start === undefined || end === undefined ? null : toSeconds(end.atMs - start.atMs);
}

/** To a tenth. */
export const toSeconds = (ms: number): number => Math.round(ms / 100) / 10;

/** The events as a result shows them, in seconds since the start. */
export function timedEvents<Name extends string>(events: readonly TimelineEvent<Name>[], startMs: number) {
  return events.map(({ atMs, event, detail }) => ({ t_s: toSeconds(atMs - startMs), event, detail }));
}

/** `  11.2 s  scale up: from 1 to 2, overloaded: …` */
export function renderEvent({ atMs, event, detail }: TimelineEvent, startMs: number): string {
  const time = `${((atMs - startMs) / 1000).toFixed(1).padStart(6)} s`;
  return `${time}  ${event.replaceAll('_', ' ')}${detail === '' ? '' : `: ${detail}`}`;
}

/** `2:05` */
export function clockTime(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

export function renderMeasure(name: string, value: string): string {
  return `  ${name.replaceAll('_', ' ').padEnd(30)}${value}\n`;
}

export function renderSpans(seconds: Spans): string {
  return Object.entries(seconds)
    .map(([name, value]) => renderMeasure(name, value === null ? 'did not happen' : `${value} s`))
    .join('');
}

/** No line is wider than the terminal: a wrapped line could not be redrawn. */
export function cutLines(lines: readonly string[], columns: number): readonly string[] {
  return lines.map((line) => (line.length > columns ? `${line.slice(0, columns - 1)}…` : line));
}
