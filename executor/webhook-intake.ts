/** What a webhook leads to: each target that it names is woken. It is never believed. */
import { ALERT_LABEL } from '../internal/contract/alerts.ts';
import { reject } from './core/decision.ts';
import { parseWebhook, type WebhookAlert } from './core/parse-webhook.ts';
import { type Labels, targetOfLabels } from './core/target.ts';
import type { DecisionLog } from './decision-log.ts';
import type { ExecutorMetrics } from './metrics.ts';

export type WebhookIntake = (body: unknown) => Promise<IntakeResult>;

export type IntakeResult =
  | { readonly kind: 'taken'; readonly woken: number; readonly bad: number }
  | { readonly kind: 'malformed'; readonly problem: string };

export type IntakeDeps = {
  readonly log: DecisionLog;
  readonly metrics: Pick<ExecutorMetrics, 'webhook' | 'alertReceived'>;
  wake(targetKey: string): void;
};

/** Of one webhook. A rule that is wrong is wrong for many alerts; the journal needs not all of them. */
const BAD_RECORDED = 20;
const LABELS_RECORDED = 30;
const LONGEST_TEXT = 200;

export function createWebhookIntake({ log, metrics, wake }: IntakeDeps): WebhookIntake {
  return async (body) => {
    const webhook = parseWebhook(body);
    if (!webhook.ok) {
      metrics.webhook('malformed');
      return { kind: 'malformed', problem: webhook.problem };
    }
    const keys = new Set<string>();
    let bad = 0;
    for (const { labels } of webhook.alerts) {
      const named = nameTarget(labels);
      metrics.alertReceived(named.ok ? 'known' : 'bad');
      if (named.ok) {
        keys.add(named.target.key);
        continue;
      }
      bad += 1;
      if (bad <= BAD_RECORDED)
        await log.add(`alert/${shortName(labels)}`, reject('bad_alert', named.problem), {
          labels: cut(labels),
        });
    }
    for (const key of keys) wake(key);
    metrics.webhook('accepted');
    return { kind: 'taken', woken: keys.size, bad };
  };
}

/** An alert that says not what it wants would never be acted upon: better said at once. */
function nameTarget(labels: WebhookAlert['labels']): ReturnType<typeof targetOfLabels> {
  return labels[ALERT_LABEL.alert] === undefined
    ? { ok: false, problem: `label ${ALERT_LABEL.alert} is missing` }
    : targetOfLabels(labels);
}

const shortName = (labels: Labels): string =>
  (labels[ALERT_LABEL.alertname] ?? 'unnamed').slice(0, LONGEST_TEXT);

const cut = (labels: Labels): Labels =>
  Object.fromEntries(
    Object.entries(labels)
      .slice(0, LABELS_RECORDED)
      .map(([name, value]) => [name.slice(0, LONGEST_TEXT), value.slice(0, LONGEST_TEXT)]),
  );
