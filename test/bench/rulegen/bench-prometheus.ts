/** A real Prometheus with the intervals that `micado up` gives it. */
import { callHttp } from '../../../internal/daemon/http-client.ts';
import { type RealPrometheus, startRealPrometheus } from '../../contract/rulegen/real-prometheus.ts';

/** @param scraped `host:port` of targets; none unless told */
export async function startBenchPrometheus(scraped: readonly string[] = []): Promise<RealPrometheus> {
  const prometheus = await startRealPrometheus();
  prometheus.writeConfig(
    `global: { scrape_interval: 2s, evaluation_interval: 2s }
rule_files: [rules/*.yml]
scrape_configs: [{ job_name: bench, static_configs: [{ targets: ${JSON.stringify(scraped)} }] }]
`,
  );
  await reloadAndTime(prometheus.url, 10_000);
  return prometheus;
}

/** Milliseconds until Prometheus has answered. */
export async function reloadAndTime(prometheusUrl: string, withinMs: number): Promise<number> {
  const startMs = performance.now();
  const { status } = await callHttp({
    method: 'POST',
    url: `${prometheusUrl}/-/reload`,
    timeoutMs: withinMs,
  });
  if (status !== 200) throw new Error(`the reload was answered with ${status}`);
  return performance.now() - startMs;
}
