/** What `micado why` says: the verdict and what would change it first, then all that it was made from. */
import { formatDuration } from '../../internal/contract/duration.ts';
import type { ExplainedDecision, ExplainedTarget } from './explained-target.ts';
import { formatTable } from './format-table.ts';

/** How parts of the text stand out; on what is no terminal they do not. */
export type Emphasis = {
  readonly good: Paint;
  readonly held: Paint;
  readonly bad: Paint;
  readonly head: Paint;
};
type Paint = (text: string) => string;

const plain: Paint = (text) => text;
export const PLAIN: Emphasis = { good: plain, held: plain, bad: plain, head: plain };

const paint =
  (code: number): Paint =>
  (text) =>
    `\u001b[${code}m${text}\u001b[0m`;
export const COLOURS: Emphasis = { good: paint(32), held: paint(33), bad: paint(31), head: paint(1) };

export function describeWhy(target: ExplainedTarget, emphasis: Emphasis, nowMs: number): string {
  const rows = [
    ...verdictRows(target, emphasis),
    ...hindranceRows(target, emphasis, nowMs),
    ...stateRows(target),
    ...alertRows(target, nowMs),
    ...cooldownRows(target, nowMs),
    ...poolRows(target),
    ...(target.rollback == null ? [] : [row('rollback', target.rollback)]),
  ];
  const width = Math.max(...rows.map(({ name }) => name.length)) + 2;
  const facts = rows.map(({ name, text }) => `${emphasis.head(name.padEnd(width))}${text}\n`).join('');
  return [
    `${emphasis.head(target.target)}\n${facts}`,
    ...nodeTable(target),
    decisionTable(target, nowMs),
  ].join('\n');
}

type Row = { readonly name: string; readonly text: string };
const row = (name: string, text: string): Row => ({ name, text });

function verdictRows({ now, to_act: toAct }: ExplainedTarget, emphasis: Emphasis): readonly Row[] {
  const colour =
    { scale: emphasis.good, step: emphasis.good, reject: emphasis.bad }[now.kind] ?? emphasis.held;
  const { detail = '', sentence = '' } = now;
  return [
    row('now', `${colour(describeVerdict(now))}${sentence === '' ? '' : `: ${sentence}`}`),
    ...(detail === '' ? [] : [row('', detail)]),
    row('to act', toAct),
  ];
}

function hindranceRows(
  { paused, dry_run: isDryRun, away }: ExplainedTarget,
  { bad }: Emphasis,
  nowMs: number,
): readonly Row[] {
  const why = paused == null || paused.reason === '' ? '' : `: ${paused.reason}`;
  return [
    ...(paused == null ? [] : [row('paused', bad(`for ${elapsed(paused.since, nowMs)}${why}`))]),
    ...(isDryRun === true ? [row('dry run', bad('nothing is changed'))] : []),
    ...Object.entries(away).map(([part, problem]) => row(`${part} away`, bad(problem))),
  ];
}

function stateRows({ service, bounds }: ExplainedTarget): readonly Row[] {
  const from = bounds?.from == null ? '' : ` (${bounds.from})`;
  const limits = bounds == null ? '' : `bounds ${bounds.min} to ${bounds.max}${from}`;
  const ceiling = bounds?.ceiling === undefined ? '' : `, never more than ${bounds.ceiling}`;
  if (service == null) return limits === '' ? [] : [row('workers', limits)];
  const notes = [
    ...(service.nodes_take == null ? [] : [`the nodes take ${service.nodes_take}`]),
    ...(service.update_state == null ? [] : [`update ${service.update_state}`]),
    ...(service.keep === true ? ['kept at deploys'] : []),
  ];
  const running = `${service.replicas ?? 'no'}, ${service.running} running`;
  return [row('replicas', [`${running}; ${limits}${ceiling}`, ...notes].join('; '))];
}

function alertRows({ alerts }: ExplainedTarget, nowMs: number): readonly Row[] {
  if (alerts.length === 0) return [row('alerts', 'none, neither firing nor pending')];
  return alerts.map((alert, index) => {
    const { name, state, value, threshold, silenced_by: silences = [], inhibited_by: by = [] } = alert;
    const limit = threshold === undefined ? '' : `, threshold ${threshold}`;
    const mute = [
      ...(silences.length === 0 ? [] : [`silenced by ${silences.join(', ')}`]),
      ...(by.length === 0 ? [] : [`inhibited by ${by.join(', ')}`]),
    ];
    const text = `${name} ${state} for ${elapsed(alert.active_at, nowMs)}: value ${value}${limit}`;
    return row(index === 0 ? 'alerts' : '', [text, ...mute].join('; '));
  });
}

function cooldownRows({ cooldowns }: ExplainedTarget, nowMs: number): readonly Row[] {
  if (cooldowns == null) return [];
  const { up, down, last_change: last, last_change_by: by } = cooldowns;
  const show = (name: string, { left_s: left, length_s: length }: typeof up): string =>
    left === 0 ? `${name} over` : `${name} ${left} s of ${length} s left`;
  const change = last === null ? 'never changed' : `last change ${ago(last, nowMs)} by ${by ?? 'others'}`;
  return [row('cool-downs', `${show('up', up)}, ${show('down', down)}; ${change}`)];
}

function poolRows({ provider, drain }: ExplainedTarget): readonly Row[] {
  const waits = provider?.waits_for;
  return [
    ...(waits === undefined ? [] : [row('under way', waits)]),
    ...(drain == null ? [] : [row('leaving', `${drain.node}: ${drain.phase}`)]),
  ];
}

function nodeTable({ nodes }: ExplainedTarget): readonly string[] {
  if (nodes == null) return [];
  const rows = nodes.map(({ hostname, state, availability, busy, tasks, may_go: mayGo }) => [
    hostname,
    state,
    availability,
    busy == null ? '-' : `${Math.round(busy * 100)} %`,
    String(tasks),
    mayGo,
  ]);
  return [formatTable(['worker', 'state', 'availability', 'busy', 'tasks', 'may go'], rows)];
}

function decisionTable({ last_decisions: decisions }: ExplainedTarget, nowMs: number): string {
  if (decisions.length === 0) return 'nothing was decided before\n';
  const rows = decisions.map((one) => [ago(one.time, nowMs), describeVerdict(one), one.detail ?? '']);
  return formatTable(['last decisions', '', ''], rows);
}

function describeVerdict({ kind, reason, from, to }: ExplainedDecision): string {
  const change = from === undefined || to === undefined ? '' : ` ${from} → ${to}`;
  return `${kind} ${reason}${change}`;
}

function elapsed(time: string, nowMs: number): string {
  const ms = nowMs - Date.parse(time);
  return Number.isNaN(ms) ? `an ${time} time` : formatDuration(Math.max(0, Math.floor(ms / 1_000)) * 1_000);
}

const ago = (time: string, nowMs: number): string =>
  elapsed(time, nowMs) === '0s' ? 'now' : `${elapsed(time, nowMs)} ago`;
