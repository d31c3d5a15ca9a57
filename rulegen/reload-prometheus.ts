/** One reload, and whether the server really took it over. */
import type { Clock } from '../internal/daemon/clock.ts';
import type { RulegenMetrics } from './metrics.ts';
import type { ReloadAnswer, RulePrometheus } from './ports.ts';

export async function reloadPrometheus(
  server: RulePrometheus,
  clock: Clock,
  metrics: Pick<RulegenMetrics, 'reloaded'>,
): Promise<ReloadAnswer> {
  const startMs = clock.now();
  const before = await server.readConfigState();
  const answer = await server.reload().catch((error: unknown) => {
    metrics.reloaded('failed', clock.now() - startMs);
    throw error;
  });
  metrics.reloaded(answer.kind === 'reloaded' ? 'success' : 'refused', clock.now() - startMs);
  if (answer.kind === 'refused') return answer;
  const after = await server.readConfigState();
  // Prometheus tells the time of its configuration in whole seconds: two reloads within one look the same.
  return after.reloadSucceeded && after.lastConfigMs >= before.lastConfigMs
    ? answer
    : { kind: 'refused', message: 'the reload was answered, but not applied' };
}
