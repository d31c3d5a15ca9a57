/** How the page says things: times, figures, verdicts. Pure, so that each sentence has a test. */
import type {
  Overview,
  OverviewAlert,
  OverviewPart,
  OverviewPool,
  OverviewService,
  OverviewTerms,
  PartColour,
} from '../../core/overview/overview-shape.ts';

export const STATE_WORD: Readonly<Record<PartColour, string>> = {
  well: 'well',
  late: 'needs a look',
  away: 'away',
  unknown: 'not known',
  off: 'not used',
};

const PART_NAME: Readonly<Record<string, string>> = {
  docker: 'Docker',
  prometheus: 'Prometheus',
  alertmanager: 'Alertmanager',
  provider: 'Node provider',
  exporter: 'Exporters',
  rulegen: 'Rule generator',
  consul: 'Consul',
};
export const partName = (name: string): string => PART_NAME[name] ?? name;

/** `12s`, `5 min`, `3 h`, `2 d` */
export function describeAge(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 172_800) return `${Math.floor(seconds / 3_600)} h`;
  return `${Math.floor(seconds / 86_400)} d`;
}

/** `14:05:09`; of another day with its date. */
export function describeTime(iso: string, nowMs: number): string {
  const date = new Date(iso);
  if (Number.isNaN(date.getTime())) return 'unknown';
  const two = (value: number): string => String(value).padStart(2, '0');
  const time = [date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(':');
  const isToday = new Date(nowMs).toDateString() === date.toDateString();
  return isToday ? time : `${two(date.getDate())}.${two(date.getMonth() + 1)}. ${time.slice(0, 5)}`;
}

/** Three digits that count: `0.04`, `7.3`, `52`, `1.2k`. */
export function describeFigure(value: number): string {
  const size = Math.abs(value);
  if (size >= 1e6) return `${(value / 1e6).toFixed(1)}M`;
  if (size >= 1e4) return `${(value / 1e3).toFixed(1)}k`;
  if (size >= 10 || size === 0) return value.toFixed(0);
  return value.toFixed(size >= 1 ? 1 : 2);
}

const METRIC_NAME: Readonly<Record<string, string>> = {
  cpu: 'CPU',
  memory: 'memory',
  throttling: 'throttling',
  query: 'query',
};
export const metricName = (metric: string): string => METRIC_NAME[metric] ?? 'value';
export const unitOf = ({ metric }: Pick<OverviewTerms, 'metric'>): string => (metric === 'query' ? '' : ' %');

/** What stands under the plot's figure: when it grows and when it shrinks. */
export function describeThresholds(terms: OverviewTerms): string {
  const unit = unitOf(terms);
  if (terms.strategy === 'target' && terms.goal !== null)
    return terms.metric === 'query'
      ? `total; aims at ${describeFigure(terms.goal)} per replica`
      : `aims at ${describeFigure(terms.goal)}${unit}`;
  const parts = [
    ...(terms.scaleup === null ? [] : [`grows over ${describeFigure(terms.scaleup)}${unit}`]),
    ...(terms.scaledown === null ? [] : [`shrinks under ${describeFigure(terms.scaledown)}${unit}`]),
  ];
  return parts.join(', ');
}

/** The thresholds that the plotted value can be compared with. */
export function plottedThresholds(terms: OverviewTerms): readonly { label: string; value: number }[] {
  if (terms.strategy === 'target')
    return terms.metric === 'query' || terms.goal === null ? [] : [{ label: 'target', value: terms.goal }];
  return [
    ...(terms.scaleup === null ? [] : [{ label: 'up', value: terms.scaleup }]),
    ...(terms.scaledown === null ? [] : [{ label: 'down', value: terms.scaledown }]),
  ];
}

/** The one sentence at the top. */
export function describeHeadline({ parts, services, pools, paused }: Overview): string {
  const bad = parts.filter(({ state }) => state === 'away' || state === 'late');
  if (paused !== null) return 'Scaling is paused.';
  if (bad.length > 0) return `${bad.map(({ name }) => partName(name)).join(', ')}: ${blame(bad)}`;
  const count = [
    ...(services.length === 0 ? [] : [counted(services.length, 'service', 'services')]),
    ...(pools.length === 0 ? [] : [counted(pools.length, 'pool of workers', 'pools of workers')]),
  ].join(' and ');
  if (count === '') return 'Ready, and no service to scale yet.';
  const busy = [...services, ...pools].filter(isFiring).length;
  return busy === 0 ? `All is well with ${count}.` : `Scaling ${count}; ${busy} over or under a threshold.`;
}

const counted = (count: number, one: string, many: string): string =>
  count === 1 ? `one ${one}` : `${count} ${many}`;

function blame(bad: readonly OverviewPart[]): string {
  // Exporters are many by name.
  const isOne = bad.length === 1 && bad[0]?.name !== 'exporter';
  return bad.some(({ state }) => state === 'away')
    ? `${isOne ? 'it does' : 'they do'} not answer.`
    : `${isOne ? 'it needs' : 'they need'} a look.`;
}

const isFiring = ({ alerts }: Pick<OverviewPool, 'alerts'>): boolean =>
  alerts.some(({ state, suppressed, decides }) => decides && state === 'firing' && suppressed === null);

/** The same place, when nobody answers: what the page shows is as it was then. */
export const describeLost = (lastIso: string | undefined, nowMs: number): string =>
  lastIso === undefined
    ? 'The executor does not answer.'
    : `The executor has not answered since ${describeTime(lastIso, nowMs)}.`;

/** What stands in place of the cards where there are none. */
export function describeNoServices(parts: readonly OverviewPart[]): string {
  const isKnown = parts.some(({ name, state }) => name === 'prometheus' && state === 'well');
  return isKnown
    ? 'No service has scaling rules yet. Create one with a CPU limit (docker service create --limit-cpu 0.5 …), and it appears here within seconds.'
    : 'Which services have scaling rules is not known before Prometheus answers.';
}

type Moody = Pick<OverviewPool, 'quarantined' | 'paused' | 'alerts'> &
  Partial<Pick<OverviewService, 'replicas' | 'running'>>;

/** The word in the corner of a service or pool, and its colour. */
export function describeMood({ quarantined, paused, replicas, running, alerts: all }: Moody): {
  readonly word: string;
  readonly state: PartColour;
} {
  const alerts = all.filter(({ decides }) => decides);
  if (quarantined.length > 0) return { word: 'rules in quarantine', state: 'late' };
  if (paused) return { word: 'paused', state: 'late' };
  const firing = alerts.find(({ state }) => state === 'firing');
  if (firing?.suppressed != null) return { word: firing.suppressed, state: 'late' };
  if (firing !== undefined) return { word: alertWord(firing.name), state: 'late' };
  if (replicas != null && running != null && running < replicas) return { word: 'starting', state: 'late' };
  const pending = alerts.find(({ state }) => state === 'pending');
  if (pending !== undefined) return { word: `soon ${alertWord(pending.name)}`, state: 'unknown' };
  return replicas === null ? { word: 'not seen', state: 'unknown' } : { word: 'well', state: 'well' };
}

/** All of them, whatever the word in the corner is: `overloaded for 2 min (firing, silenced)` */
export function describeAlerts(alerts: readonly OverviewAlert[], nowMs: number): string {
  const told = alerts.map(({ name, state, since, suppressed, decides }) => {
    const age = since === null ? '' : ` for ${describeAge(nowMs - Date.parse(since))}`;
    const how = suppressed === null ? state : `${state}, ${suppressed}`;
    return `${decides ? alertWord(name) : name}${age} (${how})`;
  });
  return told.length === 0 ? '' : `Alerts: ${told.join('; ')}`;
}

const alertWord = (name: string): string =>
  name.endsWith('_overloaded')
    ? 'overloaded'
    : name.endsWith('_underloaded')
      ? 'underloaded'
      : name.replaceAll('_', ' ');

export function describeCooldown({ cooldown }: OverviewService): string {
  const { up_left_s: up, down_left_s: down } = cooldown;
  const parts = [...(up > 0 ? [`up ${up} s`] : []), ...(down > 0 ? [`down ${down} s`] : [])];
  return parts.length === 0 ? '' : `cool-down: ${parts.join(', ')}`;
}

export type ShownDecision = {
  readonly id: number;
  readonly time: string;
  readonly target: string;
  readonly kind: string;
  readonly reason: string;
  readonly sentence?: string;
  readonly detail?: string;
  readonly from?: number;
  readonly to?: number;
};

/** `docker/web` is known to people as `web`. */
export const targetName = (target: string): string => target.split('/').slice(1).join(' / ');

export function describeVerdict({
  kind,
  reason,
  from,
  to,
}: Omit<ShownDecision, 'id' | 'time' | 'target'>): string {
  if (kind === 'scale' && from !== undefined && to !== undefined)
    return `${to > from ? '▲' : '▼'} ${from} → ${to}`;
  if (kind === 'hold') return reason === 'not_firing' ? 'quiet' : 'held';
  return kind === 'step' ? reason.replaceAll('_', ' ') : (KIND_WORD[kind] ?? kind);
}

const KIND_WORD: Readonly<Record<string, string>> = { reject: 'refused', outside: 'by others' };

/** A reason and what it means here, as one sentence. That nothing fires needs no more words. */
export function sayWhy({
  reason,
  sentence = '',
  detail = '',
}: Pick<ShownDecision, 'reason' | 'sentence' | 'detail'>): string {
  if (detail === '' || reason === 'not_firing') return sentence;
  return sentence === '' ? detail : `${sentence.replace(/\.$/, '')}: ${detail.replace(/\.$/, '')}.`;
}

export function matchesText(decision: ShownDecision, text: string): boolean {
  if (text === '') return true;
  const { target, kind, reason, sentence = '', detail = '' } = decision;
  return [target, kind, reason, sentence, detail].join(' ').toLowerCase().includes(text);
}
