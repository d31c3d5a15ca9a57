/** The cluster demo on a terminal, as lines: what is waited for, a table of the workers, alerts, decisions. */
import {
  clockTime,
  cutLines,
  renderEvent,
  renderMeasure,
  renderSpans,
} from '../../../../deploy/demo/core/timeline.ts';
import type { ClusterResult } from './evaluate-story.ts';
import type { ClusterObservation, SeenWorker } from './observation.ts';
import { SERVICE, STEPS } from './steps.ts';
import type { ClusterStory } from './story.ts';

const LABEL_WIDTH = 13;
const SHOWN_DECISIONS = 4;
const WORKER_COLUMNS = [8, 8, 14, 12, 10] as const;

export function renderDisplay(story: ClusterStory, columns: number): readonly string[] {
  const { last } = story;
  const lines = [
    `${clockTime(last.atMs - story.startMs)}  ${describeStep(story)}`,
    row('cloud', describeCloud(last)),
    row('workers', cells(['node', 'Swarm', 'availability', 'drain', 'scraped', 'tasks'])),
    ...(last.workers ?? []).map((worker) => row('', renderWorker(worker))),
    row(SERVICE, describeService(last)),
    row('requests', `${last.requests.sent} sent, ${last.requests.lost} lost`),
    row('alerts', (last.alerts ?? []).map(({ name, state }) => `${name} ${state}`).join(', ') || 'none'),
    ...renderDecisions(story),
  ];
  return cutLines(lines, columns);
}

const row = (label: string, text: string): string => `  ${label.padEnd(LABEL_WIDTH)}${text}`.trimEnd();
const cells = (texts: readonly string[]): string =>
  texts.map((text, index) => text.padEnd(WORKER_COLUMNS[index] ?? 0)).join('');

function renderWorker({ name, isReady, availability, drain, isScraped, tasks }: SeenWorker): string {
  const scraped = isScraped ? 'yes' : 'no';
  return cells([
    name,
    isReady ? 'ready' : 'down',
    availability,
    drain ?? '-',
    scraped,
    tasks.join(' ') || '-',
  ]);
}

function describeStep({ state, step, events }: ClusterStory): string {
  if (state === 'done') return 'done';
  if (state === 'failed')
    return `failed: ${events.findLast(({ event }) => event === 'failed')?.detail ?? ''}`;
  return `waiting until ${STEPS[step]?.title ?? ''}`;
}

function describeCloud({ cloud }: ClusterObservation): string {
  if (cloud === undefined) return '-';
  return `target ${cloud.target}, VMs: ${cloud.vms.map(({ state }) => state).join(' ') || 'none'}`;
}

function describeService({ service }: ClusterObservation): string {
  if (service === undefined || service.desired === 0) return '-';
  const { desired, running, pending } = service;
  return `${running} of ${desired} running${pending === 0 ? '' : `, ${pending} without room`}`;
}

function renderDecisions({ events, startMs }: ClusterStory): readonly string[] {
  const decisions = events.filter(({ event }) => event === 'decision').slice(-SHOWN_DECISIONS);
  return decisions.map((event, index) => row(index === 0 ? 'decisions' : '', renderEvent(event, startMs)));
}

/** What the demo measured, for people. */
export function renderResult({ ok, seconds, requests_lost: lost }: ClusterResult): string {
  const verdict = ok
    ? 'The cluster grew with its load and came back, each worker drained before it went, and no request was lost.'
    : 'The demo failed.';
  return `${renderSpans(seconds)}${renderMeasure('requests_lost', String(lost))}${verdict}\n`;
}
