/**
 * Prometheus finds the same by Consul as by rulegen's own list: addresses, labels, paths. Debian builds it without Consul's
 * discovery, so that part is played here, by what is documented of it; what is made of its labels is Prometheus' own work.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { load } from 'js-yaml';
import { z } from 'zod';
import { renderTemplate } from '../../../deploy/adapters/config-files.ts';
import { prometheusInputs } from '../../../deploy/core/config-inputs.ts';
import { layOutStack } from '../../../deploy/core/stack-layout.ts';
import { createConsulAgent } from '../../../internal/daemon/consul-agent.ts';
import { callJson } from '../../../internal/daemon/http-client.ts';
import { planConsulServices } from '../../../rulegen/core/plan-consul-services.ts';
import { eventually } from '../../eventually.ts';
import { startConsulServer } from '../../fakes/consul-server.ts';
import { startJsonServer } from '../../fakes/json-server.ts';
import { ROOT } from '../../house/source-files.ts';
import { startRealPrometheus } from './real-prometheus.ts';

const FOUND = [
  { targets: ['127.0.0.1:19201'], labels: { job: 'exporter', pool: 'worker', node: 'w1' } },
  {
    targets: ['127.0.0.1:19202'],
    labels: { job: 'executor', service: 'm_executor', task: 'm_executor.1', node: 'm1' },
  },
  {
    targets: ['127.0.0.1:19203'],
    labels: { service: 'web', task: 'web.2', node: 'w1', __metrics_path__: '/own/metrics' },
  },
];
/** The keys that we use, of those that there are. */
const consulSection = z.strictObject({
  server: z.string(),
  scheme: z.enum(['http', 'https']),
  services: z.array(z.string()),
  authorization: z.strictObject({ credentials_file: z.string() }).optional(),
});
const configuration = z.looseObject({
  scrape_configs: z.array(
    z.looseObject({ job_name: z.string(), consul_sd_configs: z.array(consulSection).optional() }),
  ),
});
const healthAnswer = z.array(
  z.object({
    Node: z.object({ Node: z.string(), Address: z.string() }),
    Service: z.object({
      Service: z.string(),
      Address: z.string(),
      Port: z.number(),
      Meta: z.record(z.string(), z.string()),
    }),
  }),
);

/** What Consul's discovery would give: all instances, whatever their checks say. */
async function discover({
  scheme,
  server,
  services,
}: z.infer<typeof consulSection>): Promise<readonly object[]> {
  const answers = await Promise.all(
    services.map((name) =>
      callJson({ url: `${scheme}://${server}/v1/health/service/${name}`, timeoutMs: 5_000 }),
    ),
  );
  return answers.flatMap((answer) =>
    healthAnswer.parse(answer).map(({ Node, Service }) => ({
      targets: [`${Service.Address || Node.Address}:${Service.Port}`],
      labels: {
        __meta_consul_node: Node.Node,
        __meta_consul_service: Service.Service,
        ...Object.fromEntries(
          Object.entries(Service.Meta).map(([key, text]) => [`__meta_consul_service_metadata_${key}`, text]),
        ),
      },
    })),
  );
}

const texts = z.record(z.string(), z.string());
const targetsAnswer = z.object({
  data: z.object({
    activeTargets: z.array(
      z.object({ scrapePool: z.string(), scrapeUrl: z.string(), labels: texts, discoveredLabels: texts }),
    ),
  }),
});

const template = readFileSync(join(ROOT, 'templates/prometheus.yml.hbs'), 'utf8');
const layout = layOutStack('/nonexistent');

test('by Consul and by http_sd the same targets have the same labels', async () => {
  await using consul = await startConsulServer();
  await using rulegen = await startJsonServer(() => ({ status: 200, json: FOUND }));
  await using prometheus = await startRealPrometheus();
  const agent = createConsulAgent(consul.url, '');
  for (const service of planConsulServices(FOUND)) await agent.register(service);
  const ports = {
    prometheus: 1,
    alertmanager: 1,
    exporter: 1,
    executor: 1,
    rulegen: Number(new URL(rulegen.url).port),
  };
  const found: { list: readonly object[] } = { list: [] };
  await using played = await startJsonServer(() => ({ status: 200, json: found.list }));
  /** What the job of found targets has, once it has all of them. */
  const targetsBy = async (consulUrl: string | undefined) => {
    const address = consulUrl === undefined ? undefined : { url: consulUrl, tokenFile: '', discovers: true };
    const config = configuration.parse(
      load(renderTemplate(template, prometheusInputs(layout, ports, 2_000, address))),
    );
    for (const job of config.scrape_configs) {
      const [section] = job.consul_sd_configs ?? [];
      if (section === undefined) continue;
      found.list = await discover(section);
      delete job.consul_sd_configs;
      job['http_sd_configs'] = [{ url: played.url }];
    }
    prometheus.writeConfig(JSON.stringify(config));
    const reload = await fetch(`${prometheus.url}/-/reload`, { method: 'POST' });
    expect(await reload.text()).toBe('');
    return await eventually(
      'all targets are found',
      async () => {
        const url = `${prometheus.url}/api/v1/targets?state=active`;
        const { data } = targetsAnswer.parse(await callJson({ url, timeoutMs: 5_000 }));
        const targets = data.activeTargets
          .filter(({ scrapePool }) => scrapePool === 'services')
          // Those of the configuration before this one stay until the new one has been asked for.
          .filter(({ discoveredLabels: from }) => '__meta_consul_node' in from === (consulUrl !== undefined))
          .map(({ scrapeUrl, labels }) => ({ scrapeUrl, labels }))
          .toSorted((a, b) => (a.scrapeUrl < b.scrapeUrl ? -1 : 1));
        return targets.length === FOUND.length ? targets : undefined;
      },
      { withinMs: 20_000 },
    );
  };
  const byHttp = await targetsBy(undefined);
  const byConsul = await targetsBy(consul.url);
  expect(byHttp.map(({ scrapeUrl }) => new URL(scrapeUrl).pathname)).toEqual([
    '/metrics',
    '/metrics',
    '/own/metrics',
  ]);
  expect(byConsul).toEqual(byHttp);
}, 90_000);

test('the token for Consul is named by its file', () => {
  const ports = { prometheus: 1, alertmanager: 1, exporter: 1, executor: 1, rulegen: 1 };
  const consul = { url: 'https://consul.example:8501', tokenFile: '/run/a "token"', discovers: true };
  const config = configuration.parse(
    load(renderTemplate(template, prometheusInputs(layout, ports, 2_000, consul))),
  );
  expect(config.scrape_configs.flatMap((job) => job.consul_sd_configs ?? [])).toEqual([
    {
      server: 'consul.example:8501',
      scheme: 'https',
      services: ['app_docker_cluster', 'micado_scraped'],
      authorization: { credentials_file: '/run/a "token"' },
    },
  ]);
});
