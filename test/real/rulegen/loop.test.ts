/** rulegen with a real Swarm and a real Prometheus: how fast rules come and go, and what a change leaves alone. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { parseFlags } from '../../../internal/daemon/flags.ts';
import { silentLogger } from '../../../internal/daemon/logger.ts';
import { runGroup } from '../../../internal/daemon/run-group.ts';
import { rulegenFlags } from '../../../rulegen/config.ts';
import { createRulegen } from '../../../rulegen/rulegen.ts';
import { startEngine } from '../../cluster/cluster.ts';
import type { Engine } from '../../cluster/engine.ts';
import { loadBusybox } from '../../cluster/images.ts';
import { type RealPrometheus, startRealPrometheus } from '../../contract/rulegen/real-prometheus.ts';
import { metricValue, serviceNamed } from '../../e2e/rulegen/rulegen-bench.ts';
import { eventually } from '../../eventually.ts';
import { createService, removeService, updateService } from '../support/services.ts';

type Alert = {
  readonly annotations: Record<string, string>;
  readonly labels: Record<string, string>;
  readonly state: string;
  readonly activeAt: string;
};

/** What a manager's exporter would say. */
const GAUGES = 'swarm_service_replicas_desired{service_name="mailer"} 1\n';

describe('rulegen on a real Swarm with a real Prometheus', () => {
  let engine: Engine;
  let prometheus: RealPrometheus;
  let url: string;
  let image: string;
  let stop: () => Promise<void>;
  let gauges: Server;

  const groups = async (): Promise<readonly string[]> => {
    const body = (await (await fetch(`${prometheus.url}/api/v1/rules`)).json()) as {
      data: { groups: { name: string }[] };
    };
    return body.data.groups.map(({ name }) => name).sort();
  };
  const alerts = async (): Promise<readonly Alert[]> => {
    const body = (await (await fetch(`${prometheus.url}/api/v1/alerts`)).json()) as {
      data: { alerts: Alert[] };
    };
    return body.data.alerts;
  };

  beforeAll(async () => {
    engine = await startEngine();
    prometheus = await startRealPrometheus();
    gauges = createServer((_request, response) => response.end(GAUGES));
    await new Promise<void>((resolve) => {
      gauges.listen(0, '127.0.0.1', resolve);
    });
    const { port } = gauges.address() as AddressInfo;
    prometheus.writeConfig(
      `global: { scrape_interval: 1s, evaluation_interval: 1s }
rule_files: [rules/*.yml]
scrape_configs: [{ job_name: gauges, static_configs: [{ targets: ['127.0.0.1:${port}'] }] }]
`,
    );
    image = await loadBusybox(engine);
    const parsed = parseFlags(
      rulegenFlags,
      [
        `--docker.host=${engine.dockerHost}`,
        `--rules.dir=${prometheus.rulesDir}`,
        `--prometheus.url=${prometheus.url}`,
        '--web.listen-address=127.0.0.1:0',
      ],
      {},
    );
    if (parsed.kind !== 'run') throw new Error(JSON.stringify(parsed));
    const rulegen = await createRulegen(parsed.values, silentLogger);
    url = rulegen.url;
    const ending = new AbortController();
    const test = {
      name: 'test',
      run: () => new Promise<void>((resolve) => ending.signal.addEventListener('abort', () => resolve())),
    };
    const ended = runGroup([...rulegen.actors, test], silentLogger);
    stop = async () => {
      ending.abort();
      await ended;
    };
    await eventually('rulegen is ready', async () => (await fetch(`${url}/-/ready`)).ok);
  }, 120_000);

  afterAll(async () => {
    await stop?.();
    gauges?.close();
    gauges?.closeAllConnections();
    await prometheus?.[Symbol.asyncDispose]();
    await engine?.stop();
  }, 60_000);

  test('has the rules of a new service loaded within a second, and gone within a second', async () => {
    const createdMs = performance.now();
    await createService(engine, { name: 'web', image, cpuLimitCores: 0.05 });
    await eventually('the rules run', async () => (await groups()).includes('service-web'), { everyMs: 10 });
    const loadedMs = performance.now() - createdMs;
    expect(loadedMs).toBeLessThan(1_000);
    const removedMs = performance.now();
    await removeService(engine, 'web');
    await eventually('the rules are gone', async () => !(await groups()).includes('service-web'), {
      everyMs: 10,
    });
    expect(performance.now() - removedMs).toBeLessThan(1_000);
    expect(await metricValue(url, 'micado_rulegen_reloads_total{result="refused"}')).toBe(0);
  });

  test('keeps the timer of a pending alert when its threshold changes', async () => {
    const labels = { 'micado.query': 'vector(100)', 'micado.scaleup': '50', 'micado.scaleup.for': '1h' };
    await createService(engine, { name: 'mailer', image, labels });
    const pending = async (): Promise<Alert | undefined> =>
      (await alerts()).find(({ labels: { alertname } }) => alertname === 'mailer_overloaded');
    const before = await eventually('the alert is pending', pending);
    expect((await serviceNamed(url, 'mailer'))?.state).toBe('scaled');
    await updateService(engine, 'mailer', { labels: { 'micado.scaleup': '60' } });
    const after = await eventually('the new threshold is there', async () => {
      const alert = await pending();
      return alert?.annotations['threshold'] === '60' && alert;
    });
    expect(after).toMatchObject({ state: 'pending', activeAt: before.activeAt });
    await removeService(engine, 'mailer');
  }, 30_000);
});
