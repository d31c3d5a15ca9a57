/** The alerts of the user's own that a service has. Each field comes from the highest place that has it, as settings do. */
import { ALERT_LABEL_PREFIX } from '../../internal/contract/labels.ts';
import { fillInServiceText } from './alert-text.ts';
import type { AlertField, AlertMap, GivenAlert } from './own-alert.ts';
import type { Problem } from './problem.ts';
import { fillInService } from './query-text.ts';
import type { Layer } from './resolve-settings.ts';

export type OwnAlert = {
  readonly name: string;
  /** `web_slow`: two services may have alerts of one name. */
  readonly alert: string;
  readonly expr: { readonly text: string; readonly from: string };
  readonly forMs: number;
  readonly keepFiringForMs: number;
  readonly severity: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
};

export type ResolvedAlerts = { readonly alerts: readonly OwnAlert[]; readonly problems: readonly Problem[] };

const DEFAULT_SEVERITY = 'warning';

export function resolveAlerts(service: string, layers: readonly Layer[]): ResolvedAlerts {
  const names = new Set(layers.flatMap(({ given }) => [...given.alerts.keys()]));
  const alerts: OwnAlert[] = [];
  const problems: Problem[] = [];
  for (const name of [...names].sort()) {
    const resolved = resolveAlert(service, name, layers);
    if ('problem' in resolved) problems.push(resolved.problem);
    else alerts.push(resolved.alert);
  }
  return { alerts, problems };
}

type Resolved = { readonly alert: OwnAlert } | { readonly problem: Problem };

function resolveAlert(service: string, name: string, layers: readonly Layer[]): Resolved {
  const places = layers.flatMap(({ given, nameOf }) => {
    const alert = given.alerts.get(name);
    return alert === undefined ? [] : [{ alert, from: nameOf(`${ALERT_LABEL_PREFIX}${name}.expr`) }];
  });
  const pick = <F extends AlertField>(field: F): GivenAlert[F] | undefined =>
    places.find(({ alert }) => alert[field] !== undefined)?.alert[field];
  const expr = pick('expr');
  if (expr === undefined) return { problem: withoutExpression(name, places[0]?.from ?? name) };
  const from = places.find(({ alert }) => alert.expr !== undefined)?.from ?? name;
  const text = (value: string): string => fillInServiceText(value, service);
  const texts = (map: AlertMap): Readonly<Record<string, string>> => {
    const lowestFirst = places.map(({ alert }) => Object.entries(alert[map] ?? {})).toReversed();
    const merged = new Map(lowestFirst.flat().map(([key, value]) => [key, text(value)]));
    return Object.fromEntries([...merged].sort(([a], [b]) => (a < b ? -1 : 1)));
  };
  const alert: OwnAlert = {
    name,
    alert: `${service}_${name}`,
    expr: { text: fillInService(expr, service), from },
    forMs: pick('for') ?? 0,
    keepFiringForMs: pick('keep_firing_for') ?? 0,
    severity: pick('severity') ?? DEFAULT_SEVERITY,
    labels: texts('label'),
    annotations: { summary: text(pick('summary') ?? `${service}: ${name}`), ...texts('annotation') },
  };
  return { alert };
}

function withoutExpression(name: string, where: string): Problem {
  return {
    severity: 'error',
    where,
    value: '',
    message: 'is missing: an alert needs an expression',
    cure: `add it, or remove all of ${ALERT_LABEL_PREFIX}${name}`,
  };
}
