/**
 * `defaults:` and an entry of `services:` in the policy file: the labels without `micado.`, nested at their dots. Each value
 * passes through the same parser as the label's text.
 */
import { z } from 'zod';
import type { Given } from './given.ts';
import {
  ALERT_FIELDS,
  ALERT_MAPS,
  type AlertMap,
  type GivenAlert,
  wrongAlertName,
  wrongKey,
} from './own-alert.ts';
import { parseSchedule, wrongScheduleName } from './schedule.ts';
import { parseDecimal, parseDuration, parseStep, type SettingParser } from './setting-kinds.ts';
import { type GivenSettings, SETTINGS } from './settings.ts';

export const scalar = <T>(parse: SettingParser<T>) =>
  z.unknown().transform((raw, context): T => {
    const parsed = ['string', 'number', 'boolean'].includes(typeof raw)
      ? parse(String(raw))
      : { form: 'one value, not a list, a mapping or nothing' };
    if ('value' in parsed) return parsed.value;
    context.addIssue({ code: 'custom', message: `must be ${parsed.form}` });
    return z.NEVER;
  });

export const optionalScalar = <T>(parse: SettingParser<T>) => scalar(parse).optional();

export const direction = z
  .preprocess(
    (raw) => (typeof raw === 'object' && raw !== null ? raw : { threshold: raw }),
    z.strictObject({
      threshold: optionalScalar(parseDecimal({ positive: false })),
      for: optionalScalar(parseDuration),
      step: optionalScalar(parseStep),
      cooldown: optionalScalar(parseDuration),
    }),
  )
  .optional();

/** A key that the user chose: `wrong` says why it cannot be one. */
const key = (wrong: (name: string) => string | undefined) =>
  z.string().superRefine((name, context) => {
    const message = wrong(name);
    if (message !== undefined) context.addIssue({ code: 'custom', message });
  });

const textsOf = (map: AlertMap) =>
  z.record(
    key((name) => wrongKey(map, name)),
    scalar(ALERT_MAPS[map]),
  );

const alert = z
  .strictObject({
    expr: optionalScalar(ALERT_FIELDS.expr),
    for: optionalScalar(ALERT_FIELDS.for),
    keep_firing_for: optionalScalar(ALERT_FIELDS.keep_firing_for),
    severity: optionalScalar(ALERT_FIELDS.severity),
    summary: optionalScalar(ALERT_FIELDS.summary),
    label: textsOf('label').optional(),
    annotation: textsOf('annotation').optional(),
  })
  .transform((fields) => withoutUndefined(fields) as GivenAlert);

export const given = z
  .strictObject({
    scale: optionalScalar(SETTINGS.scale.parse),
    min: optionalScalar(SETTINGS.min.parse),
    max: optionalScalar(SETTINGS.max.parse),
    metric: optionalScalar(SETTINGS.metric.parse),
    query: optionalScalar(SETTINGS.query.parse),
    scaleup: direction,
    scaledown: direction,
    strategy: optionalScalar(SETTINGS.strategy.parse),
    target: optionalScalar(SETTINGS.target.parse),
    scrape: z
      .strictObject({
        port: optionalScalar(SETTINGS.scrapePort.parse),
        path: optionalScalar(SETTINGS.scrapePath.parse),
      })
      .optional(),
    rules: optionalScalar(SETTINGS.rules.parse),
    schedule: z.record(key(wrongScheduleName), scalar(parseSchedule)).optional(),
    alert: z.record(key(wrongAlertName), alert).optional(),
  })
  .transform(
    ({ schedule, alert: alerts, ...rest }): Given => ({
      settings: flatten(rest),
      schedules: new Map(Object.entries(schedule ?? {})),
      alerts: new Map(Object.entries(alerts ?? {})),
    }),
  );

function flatten({ scaleup, scaledown, scrape, ...plain }: Record<string, unknown>): GivenSettings {
  const up = (scaleup ?? {}) as Record<string, unknown>;
  const down = (scaledown ?? {}) as Record<string, unknown>;
  const { port, path } = (scrape ?? {}) as Record<string, unknown>;
  return withoutUndefined({
    ...plain,
    scaleup: up['threshold'],
    scaleupFor: up['for'],
    scaleupStep: up['step'],
    scaleupCooldown: up['cooldown'],
    scaledown: down['threshold'],
    scaledownFor: down['for'],
    scaledownStep: down['step'],
    scaledownCooldown: down['cooldown'],
    scrapePort: port,
    scrapePath: path,
  });
}

const withoutUndefined = (all: Readonly<Record<string, unknown>>): object =>
  Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
