/** What `micado why` says: the verdict and what would change it first, then all that it was made from. */
import { ago, describeVerdict, elapsed } from './decision-words.ts';
import type { ExplainedTarget } from './explained-target.ts';
import { formatTable } from './format-table.ts';
import { type Look, paintOfDecision, wrapText } from './look.ts';

export function describeWhy(target: ExplainedTarget, look: Look, nowMs: number): string {
  const rows = [
    ...verdictRows(target, look),
    ...hindranceRows(target, look, nowMs),
    ...stateRows(target),
    ...alertRows(target, nowMs),
    ...cooldownRows(target, nowMs),
    ...poolRows(target),
    ...(target.rollback == null ? [] : [row('rollback', target.rollback)]),
  ];
  const width = Math.max(...rows.map(({ name }) => name.length)) + 2;
  const facts = rows
    .map(({ name, text }) => `${look.head(name.padEnd(width))}${wrapText(text, look.columns, width)}\n`)
    .join('');
  return [
    `${look.head(target.target)}\n${facts}`,
    ...nodeTable(target, look),
    decisionTable(target, look, nowMs),
  ].join('\n');
}

type Row = { readonly name: string; readonly text: string };
const row = (name: string, text: string): Row => ({ name, text });

function verdictRows({ now, to_act: toAct }: ExplainedTarget, look: Look): readonly Row[] {
  // Here a hold is what is asked about, so it stands out.
  const colour = now.kind === 'hold' ? look.held : paintOfDecision(now.kind, look);
  const { detail = '', sentence = '' } = now;
  return [
    row('now', `${colour(describeVerdict(now))}${sentence === '' ? '' : `: ${sentence}`}`),
    ...(detail === '' ? [] : [row('', detail)]),
    row('to act', toAct),
  ];
}

function hindranceRows(
  { paused, dry_run: isDryRun, away }: ExplainedTarget,
  { bad }: Look,
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

function nodeTable({ nodes }: ExplainedTarget, look: Look): readonly string[] {
  if (nodes == null) return [];
  const rows = nodes.map(({ hostname, state, availability, busy, tasks, may_go: mayGo }) => [
    hostname,
    state,
    availability,
    busy == null ? '-' : `${Math.round(busy * 100)} %`,
    String(tasks),
    mayGo,
  ]);
  return [formatTable(['worker', 'state', 'availability', 'busy', 'tasks', 'may go'], rows, look)];
}

function decisionTable({ last_decisions: decisions }: ExplainedTarget, look: Look, nowMs: number): string {
  if (decisions.length === 0) return 'nothing was decided before\n';
  const rows = decisions.map((one) => [
    ago(one.time, nowMs),
    { text: describeVerdict(one), paint: paintOfDecision(one.kind, look) },
    one.detail ?? '',
  ]);
  return formatTable(['last decisions', '', ''], rows, look);
}
