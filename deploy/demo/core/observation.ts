/** What the demo sees of its service at one moment. A part that could not be asked is undefined: no data is not zero. */

export type Observation = {
  readonly atMs: number;
  /** A service that is not there has no replicas. */
  readonly service: { readonly desired: number; readonly running: number } | undefined;
  /** Names of the service's alerting rules that Prometheus has loaded. */
  readonly rules: readonly string[] | undefined;
  /** Tasks whose series Prometheus has. */
  readonly scrapedTasks: number | undefined;
  /** Of the limit of all running tasks. */
  readonly utilisationPercent: number | undefined;
  readonly alerts: readonly SeenAlert[] | undefined;
  readonly decisions: readonly SeenDecision[] | undefined;
};

export type SeenAlert = { readonly name: string; readonly state: 'pending' | 'firing' };

export type SeenDecision = {
  readonly atMs: number;
  readonly kind: 'scale' | 'hold' | 'reject';
  readonly reason: string;
  /** The reason in words. */
  readonly sentence: string;
  readonly scale:
    | { readonly from: number; readonly to: number; readonly direction: 'up' | 'down' }
    | undefined;
};

/** The newer observation, with what it lacks taken from the older one. */
export function completeWith(older: Observation, newer: Observation): Observation {
  return {
    atMs: newer.atMs,
    service: newer.service ?? older.service,
    rules: newer.rules ?? older.rules,
    scrapedTasks: newer.scrapedTasks ?? older.scrapedTasks,
    utilisationPercent: newer.utilisationPercent ?? older.utilisationPercent,
    alerts: newer.alerts ?? older.alerts,
    decisions: newer.decisions ?? older.decisions,
  };
}

export const nothingSeen = (atMs: number): Observation => ({
  atMs,
  service: undefined,
  rules: undefined,
  scrapedTasks: undefined,
  utilisationPercent: undefined,
  alerts: undefined,
  decisions: undefined,
});
