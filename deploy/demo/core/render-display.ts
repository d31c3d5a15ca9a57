/** The demo on a terminal, as lines: what is waited for, two curves, alerts, decisions with reasons. */
import type { DemoResult } from './evaluate-story.ts';
import { sparkline } from './sparkline.ts';
import { MAX_REPLICAS, STEPS } from './steps.ts';
import type { Sample, Story } from './story.ts';
import type { StoryEvent, StoryEventName } from './story-event.ts';
import { clockTime, cutLines, renderEvent, renderMeasure, renderSpans } from './timeline.ts';

const LABEL_WIDTH = 13;
const LARGEST_CURVE = 60;
const SHOWN_DECISIONS = 3;
/** Utilisation may pass its limit by a little where a rate is computed from few samples. */
const FULL_PERCENT = 100;

export function renderDisplay(story: Story, columns: number): readonly string[] {
  const { last, samples } = story;
  const width = Math.max(10, Math.min(LARGEST_CURVE, columns - LABEL_WIDTH - 30));
  const curve = (most: number, read: (sample: Sample) => number | undefined): string =>
    sparkline(samples.map(read), most, width).padEnd(width);
  const { service, utilisationPercent, alerts = [] } = last;
  const lines = [
    `${clockTime(last.atMs - story.startMs)}  ${describePhase(story)}`,
    row('load', describeLoad(story.events)),
    row(
      'utilisation',
      `${curve(FULL_PERCENT, (sample) => sample.utilisationPercent)}  ${percent(utilisationPercent)} of the limits`,
    ),
    row(
      'replicas',
      `${curve(MAX_REPLICAS, (sample) => sample.replicas)}  ${service === undefined ? '-' : `${service.running} of ${service.desired} running`}`,
    ),
    row('alerts', alerts.map(({ name, state }) => `${name} ${state}`).join(', ') || 'none'),
    ...renderDecisions(story),
  ];
  return cutLines(lines, columns);
}

const row = (label: string, text: string): string => `  ${label.padEnd(LABEL_WIDTH)}${text}`.trimEnd();
const percent = (value: number | undefined): string => (value === undefined ? '-' : `${Math.round(value)} %`);

function describePhase({ phase, events }: Story): string {
  if (phase === 'done') return 'done';
  if (phase === 'failed')
    return `failed: ${events.findLast(({ event }) => event === 'failed')?.detail ?? ''}`;
  return `waiting until ${STEPS[phase].title}`;
}

function describeLoad(events: readonly StoryEvent[]): string {
  const last = events.findLast(({ event }) => event === 'load_raised' || event === 'load_lowered');
  return last === undefined
    ? 'none'
    : `${last.event === 'load_raised' ? 'raised' : 'lowered'} ${last.detail}`;
}

const DECISIONS: readonly StoryEventName[] = ['scale_up', 'scale_down', 'hold', 'reject'];

function renderDecisions({ events, startMs }: Story): readonly string[] {
  const decisions = events.filter(({ event }) => DECISIONS.includes(event)).slice(-SHOWN_DECISIONS);
  if (decisions.length === 0) return [row('decisions', 'none')];
  return decisions.map((event, index) => row(index === 0 ? 'decisions' : '', renderEvent(event, startMs)));
}

/** What the demo measured, for people. */
export function renderResult({ ok, seconds, replicas_max: most }: DemoResult): string {
  const verdict = ok
    ? 'The loop closed: up under load, down without it, and nothing left behind.'
    : 'The demo failed.';
  return `${renderSpans(seconds)}${renderMeasure('most replicas', String(most))}${verdict}\n`;
}
