/** What the files of docker/ promise: who has which rights, what is published, and that all say the same. */
import { describe, expect, test } from '@jest/globals';
import { load } from 'js-yaml';
import { renderTemplate } from '../../../deploy/adapters/config-files.ts';
import { alertmanagerInputs, prometheusInputs } from '../../../deploy/core/config-inputs.ts';
import { LEADER_LABEL } from '../../../deploy/core/leadership.ts';
import { layOutStack } from '../../../deploy/core/stack-layout.ts';
import { executorFlags } from '../../../executor/config.ts';
import { exporterFlags } from '../../../exporter/config.ts';
import { LEADER_CONFIG_NAME, SERVICE_LABEL, STACK_PART_LABEL } from '../../../internal/contract/labels.ts';
import { DEFAULT_PORT } from '../../../internal/contract/ports.ts';
import { environmentName } from '../../../internal/daemon/flags.ts';
import { packageVersion } from '../../../internal/daemon/program.ts';
import { rulegenFlags } from '../../../rulegen/config.ts';
import { parsePolicy } from '../../../rulegen/core/parse-policy.ts';
import { type ComposeService, mountedPaths, readComposeFile, readText } from './compose-files.ts';

const SOCKET = '/var/run/docker.sock';
const PARTS = ['alertmanager', 'executor', 'exporter', 'prometheus', 'rulegen'];
const OURS = { rulegen: rulegenFlags, exporter: exporterFlags, executor: executorFlags };

const stack = readComposeFile('docker/stack.yaml');
const compose = readComposeFile('docker/compose.yaml');
const workers = readComposeFile('docker/workers.stack.yaml');
const proxied = readComposeFile('docker/socket-proxy.stack.yaml');
const nodeExporter = readComposeFile('docker/node-exporter.stack.yaml');

const everyService = [stack, compose, workers, proxied, nodeExporter].flatMap(({ services }) =>
  Object.entries(services),
);

describe('stack.yaml', () => {
  test('runs each part, and marks it as one, so that none is ever scaled', () => {
    expect(Object.keys(stack.services).toSorted()).toEqual(PARTS);
    for (const [name, { deploy }] of Object.entries(stack.services))
      expect(deploy?.labels[STACK_PART_LABEL]).toBe(name);
  });

  test('publishes nothing', () => {
    for (const { ports, networks } of Object.values(stack.services)) {
      expect(ports).toBeUndefined();
      expect(networks).toEqual(['micado']);
    }
  });

  test('keeps what shares volumes on the one marked manager, and the exporter on every node', () => {
    const { exporter, ...others } = stack.services;
    expect(exporter?.deploy).toMatchObject({ mode: 'global' });
    expect(exporter?.deploy?.placement).toBeUndefined();
    for (const { deploy } of Object.values(others))
      expect(deploy?.placement?.constraints).toEqual([
        'node.role==manager',
        'node.labels.micado.master==true',
      ]);
  });

  test('numbers all configs but the mark of who leads, as Swarm never changes one', () => {
    const { leader, ...configs } = stack.configs;
    expect(leader).toMatchObject({
      name: LEADER_CONFIG_NAME,
      labels: Object.fromEntries(Object.values(LEADER_LABEL).map((label) => [label, expect.any(String)])),
    });
    expect(Object.values(configs).map(({ name }) => name)).toEqual([
      'micado_prometheus_1',
      'micado_alertmanager_1',
      'micado_policy_1',
      'micado_web_1',
    ]);
  });
});

describe('compose.yaml', () => {
  test('publishes the pages on loopback, and nothing else', () => {
    const published = Object.values(compose.services).flatMap(({ ports = [] }) => ports);
    const { prometheus, alertmanager, rulegen, executor } = DEFAULT_PORT;
    expect(published).toEqual(
      [prometheus, alertmanager, rulegen, executor].map((port) => `127.0.0.1:${port}:${port}`),
    );
  });

  test('has the version of the file that comes beside it on a cloud’s master: others do not go together', () => {
    expect(readComposeFile('templates/cloud/occopus.compose.yaml').version).toBe(compose.version);
  });

  test('starts everything again after a reboot', () => {
    for (const service of Object.values(compose.services)) expect(service['restart']).toBe('unless-stopped');
  });

  test.each(PARTS)('runs %s as the stack does', (name) => {
    const [one, other] = [compose.services[name], stack.services[name]];
    const { image, user, environment } = other ?? {};
    expect(one).toMatchObject({ image, environment, ...(user === undefined ? {} : { user }) });
    expect(one?.['command']).toEqual(other?.['command']);
  });
});

describe('every service', () => {
  test('has a read-only root and no right but to become another user', () => {
    for (const [name, { read_only, cap_drop, cap_add, image }] of everyService.filter(
      ([, service]) => service.image !== undefined,
    )) {
      expect([name, read_only, cap_drop]).toEqual([name, true, ['ALL']]);
      expect([name, cap_add]).toEqual([name, image?.startsWith('micado/') ? ['SETUID', 'SETGID'] : []]);
    }
  });

  test('of ours is of the version of this package', () => {
    const images = everyService.map(([, { image }]) => image).filter((image) => image?.startsWith('micado/'));
    expect(images.length).toBeGreaterThan(6);
    for (const image of images) expect(image?.split(':')[1]).toBe(packageVersion());
  });

  test('that has Docker’s socket needs it; behind the proxy only the proxy has it', () => {
    const withSocket = (file: typeof stack): readonly string[] =>
      Object.entries(file.services)
        .filter(([, service]) => mountedPaths(service).includes(SOCKET))
        .map(([name]) => name)
        .toSorted();
    expect(withSocket(stack)).toEqual(Object.keys(OURS).toSorted());
    expect(withSocket(compose)).toEqual(Object.keys(OURS).toSorted());
    expect(withSocket(proxied)).toEqual(['socket-proxy']);
    // Here the default would be none: the variable that takes the socket from the others has to be set.
    expect(proxied.services['socket-proxy']?.environment).toMatchObject({
      SOCKET_OF_THE_PARTS: expect.stringContaining('must be /dev/null'),
    });
    for (const file of ['stack.yaml', 'compose.yaml', 'workers.stack.yaml'])
      expect(readText(`docker/${file}`)).not.toMatch(/^ +- \/var\/run\/docker\.sock/m);
  });

  test('is told by variables that it has', () => {
    const ours = everyService.filter(
      (entry): entry is [keyof typeof OURS, ComposeService] => entry[0] in OURS,
    );
    for (const [name, { environment }] of ours) {
      const known = Object.keys(OURS[name]).map(environmentName);
      expect(Object.keys(environment).filter((variable) => !known.includes(variable))).toEqual([]);
    }
  });

  test('with metrics that only rulegen finds names its port', () => {
    const port = (file: typeof stack, name: string) =>
      file.services[name]?.deploy?.labels[SERVICE_LABEL.scrapePort];
    expect(port(stack, 'exporter')).toBe(String(DEFAULT_PORT.exporter));
    expect(port(workers, 'exporter')).toBe(String(DEFAULT_PORT.exporter));
    expect(port(nodeExporter, 'node-exporter')).toBe(String(DEFAULT_PORT.nodeExporter));
  });
});

describe('the configurations', () => {
  const layout = layOutStack('/state');
  const ports = { prometheus: 1, alertmanager: 2, rulegen: 3, exporter: 4, executor: 5 };
  const rendered = (name: string, inputs: object): unknown =>
    load(
      renderTemplate(readText(`templates/${name}.hbs`), inputs)
        .replaceAll('/state/rules', '/rules')
        .replaceAll(layout.tokenFile, '/run/secrets/micado_token')
        .replaceAll(/127\.0\.0\.1:([1-5])/g, (_, port: string) => addressOf(Number(port))),
    );
  const addressOf = (port: number): string => {
    const part = (Object.keys(ports) as (keyof typeof ports)[]).find((name) => ports[name] === port);
    return part === undefined ? '' : `${part}:${DEFAULT_PORT[part]}`;
  };

  test('of Alertmanager is what `micado up` writes, but for addresses', () => {
    const expected = rendered('alertmanager.yml', alertmanagerInputs(layout, ports));
    expect(load(readText('docker/config/alertmanager.yml'))).toEqual(expected);
  });

  test('of Prometheus is what `micado up` writes, but for addresses and for how the exporter is found', () => {
    type Config = { scrape_configs: { job_name: string }[]; global: object };
    const withoutExporter = (config: Config): Config => ({
      ...config,
      scrape_configs: config.scrape_configs
        .filter(({ job_name: job }) => job !== 'exporter')
        .toSorted((a, b) => (a.job_name < b.job_name ? -1 : 1)),
    });
    const expected = rendered('prometheus.yml', prometheusInputs(layout, ports, 2_000)) as Config;
    const actual = load(
      readText('docker/config/prometheus.yml').replace('localhost:9090', 'prometheus:9090'),
    ) as Config;
    expect(withoutExporter(actual)).toEqual(withoutExporter(expected));
    expect(load(readText('docker/config/exporter.yml'))).toEqual([{ targets: ['exporter:9200'] }]);
  });

  test('of rulegen is a policy that scales nothing by itself', () => {
    const parsed = parsePolicy(load(readText('docker/config/policy.yaml')));
    expect(parsed).toMatchObject({ ok: true, policy: { defaults: { settings: { scale: false } } } });
  });
});
