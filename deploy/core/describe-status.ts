/** What `micado status` says: what has to be known before reading the rest, then a table of pools and one of services. */
import { ago, describeVerdict } from './decision-words.ts';
import type { ShownDecision } from './executor-answers.ts';
import { type Cell, formatTable } from './format-table.ts';
import { type Look, type Paint, paintOfDecision, unpainted, wrapText } from './look.ts';
import type { PoolRow, ServiceRow, StackStatus } from './stack-status.ts';

const MARK = '!! ';

export function describeStatus({ pools, services, notices }: StackStatus, look: Look, nowMs: number): string {
  return [
    ...(notices.length === 0 ? [] : [describeNotices(notices, look)]),
    pools.length === 0 ? 'no pools of workers (policy.yaml: workers)\n' : poolTable(pools, look, nowMs),
    services.length === 0 ? 'no services\n' : serviceTable(services, look, nowMs),
  ].join('\n');
}

export const describeNotices = (notices: readonly string[], look: Look): string =>
  notices.map((notice) => `${look.bad(MARK)}${wrapText(notice, look.columns, MARK.length)}\n`).join('');

function poolTable(pools: readonly PoolRow[], look: Look, nowMs: number): string {
  const rows = pools.map((row): readonly Cell[] => [
    `${row.infra}/${row.node}`,
    ...[row.min, row.max, row.target].map(show),
    // What is asked for and not there yet waits for the provider.
    { text: show(row.actual), paint: row.actual === row.target ? unpainted : look.held },
    { text: show(row.ready), paint: row.ready === row.actual ? unpainted : look.held },
    { text: show(row.in_flight), paint: row.in_flight === null ? unpainted : look.held },
    decisionCell(row.last_decision, look, nowMs),
  ]);
  const header = ['pool', 'min', 'max', 'target', 'actual', 'ready', 'under way', 'last decision'];
  return formatTable(header, rows, look);
}

function serviceTable(services: readonly ServiceRow[], look: Look, nowMs: number): string {
  const rows = services.map((row): readonly Cell[] => [
    row.service,
    { text: row.state, paint: paintOfState(row.state, look) },
    show(row.replicas),
    { text: show(row.running), paint: row.running === row.replicas ? unpainted : look.held },
    ...[row.min, row.max].map(show),
    decisionCell(row.last_decision, look, nowMs),
  ]);
  const header = ['service', 'state', 'replicas', 'running', 'min', 'max', 'last decision'];
  return formatTable(header, rows, look);
}

function paintOfState(state: string, look: Look): Paint {
  if (state.startsWith('quarantined')) return look.bad;
  if (state.startsWith('waiting')) return look.held;
  return state.startsWith('not_scaled') ? look.faint : unpainted;
}

const show = (value: number | string | null): string => (value === null ? '-' : String(value));

function decisionCell(decision: ShownDecision | null, look: Look, nowMs: number): Cell {
  if (decision === null) return '-';
  const { time, kind, detail = '' } = decision;
  const text = `${describeVerdict(decision)}, ${ago(time, nowMs)}${detail === '' ? '' : `: ${detail}`}`;
  return { text, paint: paintOfDecision(kind, look) };
}
