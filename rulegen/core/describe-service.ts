/** A service as `/api/v1/services` shows it: what was decided, why, and where each setting comes from. */
import { alertsRuleFile, serviceRuleFile } from '../../internal/contract/alerts.ts';
import { formatDuration } from '../../internal/contract/duration.ts';
import { SERVICE_LABEL } from '../../internal/contract/labels.ts';
import type { AlertsVerdict, JudgedService } from './judge-service.ts';
import type { ResolvedSetting } from './resolve-settings.ts';
import { SETTING_KEYS, type SettingKey } from './settings.ts';

export function describeService({ service, settings, verdict, alerts, problems, nextEdgeMs }: JudgedService) {
  return {
    name: service.name,
    id: service.id,
    state: verdict.kind,
    reason: verdict.kind === 'not_scaled' ? verdict.reason : null,
    detail: 'detail' in verdict ? verdict.detail : null,
    metric: verdict.kind === 'scaled' ? verdict.plan.metric : null,
    file: verdict.kind === 'scaled' ? serviceRuleFile(service.name) : null,
    alerts: describeAlerts(service.name, alerts),
    boundsChangeAt: nextEdgeMs === undefined ? null : new Date(nextEdgeMs).toISOString(),
    problems,
    settings: Object.fromEntries(
      SETTING_KEYS.map((key) => [SERVICE_LABEL[key], showSetting(key, settings[key])]),
    ),
  };
}

function describeAlerts(service: string, alerts: AlertsVerdict) {
  return {
    state: alerts.kind,
    detail: 'detail' in alerts ? alerts.detail : null,
    file: alerts.kind === 'wanted' ? alertsRuleFile(service) : null,
    names: alerts.kind === 'wanted' ? alerts.alerts.map(({ alert }) => alert) : [],
  };
}

function showSetting(key: SettingKey, { value, origin, from }: ResolvedSetting<unknown>) {
  const isDuration = /(For|Cooldown)$/.test(key);
  const shown = isDuration && typeof value === 'number' ? formatDuration(value) : (value ?? null);
  return { value: shown, origin, from };
}
