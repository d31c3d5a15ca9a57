/** What docker/consul.stack.yaml promises. It is read, not run: its image cannot be made here. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { load } from 'js-yaml';
import { renderTemplate } from '../../../deploy/adapters/config-files.ts';
import { prometheusInputs } from '../../../deploy/core/config-inputs.ts';
import { layOutStack } from '../../../deploy/core/stack-layout.ts';
import { STACK_PART_LABEL } from '../../../internal/contract/labels.ts';
import { DEFAULT_PORT } from '../../../internal/contract/ports.ts';
import { ROOT } from '../../house/source-files.ts';
import { readComposeFile, readText } from './compose-files.ts';

const { services, configs } = readComposeFile('docker/consul.stack.yaml');
const agents = ['consul', 'consul-agent'].map((name) => [name, services[name]] as const);

describe('consul.stack.yaml', () => {
  test('publishes nothing, and leaves Consul no right', () => {
    for (const [name, service] of agents) {
      expect(service).toMatchObject({
        read_only: true,
        cap_drop: ['ALL'],
        cap_add: [],
        networks: ['micado'],
      });
      expect(service?.user).toBe('100:1000');
      expect(service?.deploy?.labels[STACK_PART_LABEL]).toBe(name);
    }
    for (const service of Object.values(services)) expect(service.ports).toBeUndefined();
  });

  test('has a server on the marked manager, and an agent on every node that is named after it', () => {
    const [[, server], [, agent]] = [agents[0] ?? [], agents[1] ?? []];
    expect(server?.deploy?.placement?.constraints).toContain('node.labels.micado.master==true');
    expect(agent?.deploy).toMatchObject({ mode: 'global' });
    expect(agent?.['hostname']).toBe('{{.Node.Hostname}}');
  });

  test('tells each of our binaries where Consul is, and by which token', () => {
    for (const name of ['rulegen', 'executor', 'exporter'])
      expect(services[name]).toMatchObject({
        environment: {
          MICADO_CONSUL_URL: `http://consul:${DEFAULT_PORT.consul}`,
          MICADO_CONSUL_TOKEN_FILE: '/run/secrets/consul_token',
        },
        secrets: [{ source: 'consul_token', uid: '65532' }],
      });
  });

  test('gives Prometheus the configuration that `micado up` would write, but for addresses', () => {
    expect(Object.values(configs)).toEqual([
      { name: 'micado_prometheus_consul_1', file: './config/prometheus-consul.yml' },
    ]);
    const ports = { prometheus: 1, alertmanager: 2, rulegen: 3, exporter: 4, executor: 5 };
    const consul = { url: 'http://consul:8500', tokenFile: '/run/secrets/consul_token', discovers: true };
    const rendered = load(
      renderTemplate(
        readText('templates/prometheus.yml.hbs'),
        prometheusInputs(layOutStack('/state'), ports, 2_000, consul),
      ),
    );
    const jobOf = (document: unknown): unknown =>
      (document as { scrape_configs: { job_name: string }[] }).scrape_configs.find(
        ({ job_name }) => job_name === 'services',
      );
    const ours = load(readText('docker/config/prometheus-consul.yml'));
    expect(jobOf(ours)).toEqual(jobOf(rendered));
    const without = (document: unknown): object => {
      const { scrape_configs: jobs, ...rest } = document as { scrape_configs: { job_name: string }[] };
      return { ...rest, jobs: jobs.filter(({ job_name: job }) => !['services', 'exporter'].includes(job)) };
    };
    expect(without(ours)).toEqual(without(load(readText('docker/config/prometheus.yml'))));
  });
});

describe('new-consul-keys.sh', () => {
  test('makes a key of its own and a token, for their owner only, once', () => {
    const folder = mkdtempSync(join(tmpdir(), 'micado-consul-keys-'));
    const make = (): void => void execFileSync('sh', [join(ROOT, 'docker/new-consul-keys.sh'), folder]);
    const read = (name: string): string => readFileSync(join(folder, name), 'utf8');
    try {
      make();
      const token = read('consul-token');
      expect(token).toMatch(/^[0-9a-f-]{36}$/);
      const keys = JSON.parse(read('consul.json')) as { encrypt: string };
      expect(Buffer.from(keys.encrypt, 'base64')).toHaveLength(32);
      expect(keys).toMatchObject({
        acl: { enabled: true, default_policy: 'deny', tokens: { initial_management: token, agent: token } },
      });
      for (const name of ['consul.json', 'consul-token'])
        expect(statSync(join(folder, name)).mode & 0o777).toBe(0o600);
      make();
      expect(read('consul-token')).toBe(token);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
