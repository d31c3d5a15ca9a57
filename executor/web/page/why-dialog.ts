/** "Why not?": the executor's explanation of a target, in the order in which one asks. */
import { type Explanation, explain } from './api.ts';
import { closeDialog, openDialog } from './dialog.ts';
import { button, element } from './element.ts';
import { messageOf } from './session.ts';
import { describeTime, describeVerdict, type ShownDecision, sayWhy, targetName } from './words.ts';

export function openWhy(target: string): void {
  const title = `Why ${targetName(target)} does what it does`;
  const close = element('div', { class: 'buttons-row' }, button('Close', closeDialog));
  openDialog(title, element('p', { class: 'soft' }, 'Asking …'), close);
  explain(target)
    .then((explanation) => openDialog(title, ...describe(explanation), close))
    .catch((error: unknown) =>
      openDialog(title, element('p', { class: 'problem' }, messageOf(error)), close),
    );
}

function describe(explanation: Explanation): readonly Node[] {
  const now = objectOf(explanation['now']);
  const away = Object.entries(objectOf(explanation['away'])).map(
    ([part, problem]) => `${part}: ${textOf(problem)}`,
  );
  const last = (explanation['last_decisions'] ?? []) as readonly ShownDecision[];
  return [
    element('p', {}, textOf(now['summary'] ?? now['sentence'])),
    element('p', { class: 'soft' }, textOf(now['detail'])),
    facts([
      ['Verdict', `${textOf(now['kind'])}, ${textOf(now['reason']).replaceAll('_', ' ')}`],
      ['What would change it', textOf(explanation['to_act'])],
      ...factsOf(explanation),
      ...(away.length > 0 ? [['Does not answer', away.join('; ')] as const] : []),
    ]),
    element('h3', { class: 'again' }, 'Last decisions'),
    last.length === 0
      ? element('p', { class: 'soft small' }, 'None is remembered.')
      : facts(
          last.map((one) => [`${describeTime(one.time, Date.now())}  ${describeVerdict(one)}`, sayWhy(one)]),
        ),
  ];
}

/** Whatever else the executor says, under its own names: nothing that it knows is kept from people. */
const SHOWN_ELSEWHERE = ['target', 'now', 'to_act', 'last_decisions', 'away', 'alerts', 'nodes'];

function factsOf(explanation: Explanation): readonly (readonly [string, string])[] {
  const alerts = (explanation['alerts'] ?? []) as readonly Explanation[];
  const rest = Object.entries(explanation).filter(
    ([name, value]) => !SHOWN_ELSEWHERE.includes(name) && value !== null,
  );
  return [
    [
      'Alerts',
      alerts
        .map((one) => `${textOf(one['name'])} ${textOf(one['state'])}, value ${textOf(one['value'])}`)
        .join('; ') || 'none',
    ],
    ...rest.map(([name, value]) => [sentenceCase(name), textOf(value)] as const),
  ];
}

function facts(rows: readonly (readonly [string, string])[]): HTMLElement {
  const list = element('dl', { class: 'facts' });
  for (const [name, text] of rows) list.append(element('dt', {}, name), element('dd', {}, text));
  return list;
}

const sentenceCase = (name: string): string =>
  name.charAt(0).toUpperCase() + name.slice(1).replaceAll('_', ' ');

const objectOf = (value: unknown): Explanation =>
  typeof value === 'object' && value !== null ? (value as Explanation) : {};

/** `min 1, max 10, from web_overloaded` */
function textOf(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (Array.isArray(value)) return value.map(textOf).join('; ') || 'none';
  if (typeof value === 'object')
    return Object.entries(value)
      .filter(([, one]) => one !== null)
      .map(([name, one]) =>
        name.endsWith('_s')
          ? `${name.slice(0, -2).replaceAll('_', ' ')} ${textOf(one)} s`
          : `${name.replaceAll('_', ' ')} ${textOf(one)}`,
      )
      .join(', ');
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return String(value);
}
