/** One reload, and whether the server really took it over. */
import type { Clock } from '../internal/daemon/clock.ts';
import type { RulegenMetrics } from './metrics.ts';
import type { ConfigState, RulePrometheus } from './ports.ts';

export type ReloadOutcome =
  | { readonly kind: 'reloaded'; readonly config: ConfigState }
  | { readonly kind: 'refused'; readonly message: string };

/** @param before what was last known of its configuration, where anything was */
export async function reloadPrometheus(
  server: RulePrometheus,
  before: ConfigState | undefined,
  clock: Clock,
  metrics: Pick<RulegenMetrics, 'reloaded'>,
): Promise<ReloadOutcome> {
  const startMs = clock.now();
  const answer = await server.reload().catch((error: unknown) => {
    metrics.reloaded('failed', clock.now() - startMs);
    throw error;
  });
  metrics.reloaded(answer.kind === 'reloaded' ? 'success' : 'refused', clock.now() - startMs);
  if (answer.kind === 'refused') return answer;
  const config = await server.readConfigState();
  // Prometheus tells the time of its configuration in whole seconds: two reloads within one look the same.
  const isNewer = before === undefined || config.lastConfigMs >= before.lastConfigMs;
  return config.reloadSucceeded && isNewer
    ? { kind: 'reloaded', config }
    : { kind: 'refused', message: 'the reload was answered, but not applied' };
}
