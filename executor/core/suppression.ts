/**
 * Whether an alert is silenced or inhibited. Where Alertmanager lists the alert, its word holds; an alert that it does not
 * know yet is matched against the silences here, so that a fast decision does not run ahead of a silence.
 */
import type { Labels } from './target.ts';

export type Matcher = {
  readonly name: string;
  readonly value: string;
  readonly isRegex: boolean;
  readonly isEqual: boolean;
};

export type Silence = {
  readonly id: string;
  readonly startsAtMs: number;
  readonly endsAtMs: number;
  readonly matchers: readonly Matcher[];
};

export type ListedAlert = {
  readonly labels: Labels;
  readonly silencedBy: readonly string[];
  readonly inhibitedBy: readonly string[];
};

export type Suppressions = {
  readonly listed: readonly ListedAlert[];
  readonly silences: readonly Silence[];
  /** Why this is not what Alertmanager says now, but the last that it said: nothing goes down on it. */
  readonly outdatedBecause?: string;
};

export type Suppression = { readonly by: 'silenced' | 'inhibited'; readonly ids: readonly string[] };

export function findSuppression(
  labels: Labels,
  { listed, silences }: Suppressions,
  nowMs: number,
): Suppression | undefined {
  // Prometheus adds its external labels only on the way to Alertmanager: ours are a part of what is listed.
  const own = Object.entries(labels);
  const known = listed.filter((alert) => own.every(([name, value]) => alert.labels[name] === value));
  const silencedBy = known.flatMap((alert) => alert.silencedBy);
  if (silencedBy.length > 0) return { by: 'silenced', ids: silencedBy };
  const inhibitedBy = known.flatMap((alert) => alert.inhibitedBy);
  if (inhibitedBy.length > 0) return { by: 'inhibited', ids: inhibitedBy };
  if (known.length > 0) return undefined;
  const matching = silences.filter((silence) => silenceMatches(silence, labels, nowMs));
  return matching.length === 0 ? undefined : { by: 'silenced', ids: matching.map(({ id }) => id) };
}

export function silenceMatches(silence: Silence, labels: Labels, nowMs: number): boolean {
  const isActive = silence.startsAtMs <= nowMs && nowMs < silence.endsAtMs;
  return isActive && silence.matchers.every((matcher) => matches(matcher, labels[matcher.name] ?? ''));
}

function matches({ value, isRegex, isEqual }: Matcher, text: string): boolean {
  if (!isRegex) return (text === value) === isEqual;
  const pattern = compile(value);
  // An expression that only Go understands may well match: holding until Alertmanager lists the alert is safe.
  return pattern === undefined || pattern.test(text) === isEqual;
}

function compile(source: string): RegExp | undefined {
  const [, flags = '', rest = source] = /^\(\?([ims]+)\)(.*)$/s.exec(source) ?? [];
  try {
    return new RegExp(`^(?:${rest})$`, `${[...new Set(flags)].join('')}u`);
  } catch {
    return undefined;
  }
}
