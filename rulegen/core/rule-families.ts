/** The families of rule files. Each has a template, a folder of golden files and a heading in the README, named alike. */
export const SERVICE_RULE_FAMILY = {
  cpu: 'service-cpu',
  memory: 'service-memory',
  throttling: 'service-throttling',
  query: 'service-query',
} as const;

export type ScalingMetric = keyof typeof SERVICE_RULE_FAMILY;

export const OWN_ALERTS_FAMILY = 'service-alerts';
export const POOL_RULE_FAMILY = 'workers';
export const CLUSTER_RULE_FAMILY = 'cluster';

export const RULE_FAMILIES = [
  ...Object.values(SERVICE_RULE_FAMILY),
  OWN_ALERTS_FAMILY,
  POOL_RULE_FAMILY,
  CLUSTER_RULE_FAMILY,
] as const;

export type RuleFamily = (typeof RULE_FAMILIES)[number];
