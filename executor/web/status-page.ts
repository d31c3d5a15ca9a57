/** One page for people without another tool at hand: plain text in tables, rendered here, no script. */
import type { DecisionRecord } from '../core/decision-record.ts';
import type { StatusView, TargetView } from '../views.ts';

export function renderStatusPage(
  status: StatusView,
  targets: readonly TargetView[],
  decisions: readonly DecisionRecord[],
): string {
  const parts = Object.entries(status.parts).map(([name, { state, problem = '' }]) => [name, state, problem]);
  const rows = targets.map(({ target, replicas, running, last_look: lastLook }) => [
    target,
    String(replicas ?? ''),
    String(running ?? ''),
    lastLook ?? '',
  ]);
  const body = [
    `<h1>micado executor</h1>${renderMode(status)}`,
    section('Parts', ['part', 'state', 'problem'], parts),
    section('Targets', ['target', 'replicas', 'running', 'last look'], rows),
    section(
      'Last decisions',
      ['time', 'target', 'verdict', 'reason', 'detail'],
      decisions.map(({ time, target, kind, reason, from, to, detail = '' }) => [
        time,
        target,
        kind === 'scale' ? `scale ${from} → ${to}` : kind,
        reason,
        detail,
      ]),
    ),
    renderLinks(targets),
  ];
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>micado executor</title><style>${STYLE}</style><body>${body.join('\n')}</body></html>\n`;
}

const STYLE =
  'body{font:14px/1.5 system-ui,sans-serif;margin:2em}table{border-collapse:collapse}td,th{text-align:left;padding:.2em 1em .2em 0;border-bottom:1px solid #ddd}';

function renderMode({ paused, dry_run: dryRun }: StatusView): string {
  const notes = [
    ...(paused.all === undefined ? [] : [`All actions are paused since ${paused.all.since}.`]),
    ...Object.keys(paused.targets).map((target) => `${target} is paused.`),
    ...(dryRun ? ['Dry run: nothing is changed.'] : []),
  ];
  return notes.map((note) => `<p><strong>${escapeHtml(note)}</strong></p>`).join('');
}

function section(
  title: string,
  head: readonly string[],
  rows: readonly (readonly (string | undefined)[])[],
): string {
  const line = (cells: readonly (string | undefined)[], tag: 'td' | 'th'): string =>
    `<tr>${cells.map((cell) => `<${tag}>${escapeHtml(cell ?? '')}</${tag}>`).join('')}</tr>`;
  const lines = rows.map((row) => line(row, 'td')).join('\n');
  const table = rows.length === 0 ? '<p>None yet.</p>' : `<table>${line(head, 'th')}\n${lines}</table>`;
  return `<h2>${escapeHtml(title)}</h2>${table}`;
}

function renderLinks(targets: readonly TargetView[]): string {
  const paths = [
    '/api/v1/status',
    '/api/v1/targets',
    '/api/v1/decisions',
    '/metrics',
    '/-/ready',
    ...targets
      .filter(({ target }) => /^(docker|VM)\//.test(target))
      .map(({ target }) => `/api/v1/targets/${target}/explain`),
  ];
  const links = paths.map((path) => `<li><a href="${escapeHtml(path)}">${escapeHtml(path)}</a></li>`);
  return `<h2>More</h2><ul>${links.join('')}</ul>`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}
