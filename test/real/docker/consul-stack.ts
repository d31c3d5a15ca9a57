/** consul.stack.yaml beside stack.yaml, with stand-ins for Consul and for a Prometheus that knows it. */
import { join } from 'node:path';
import { expect } from '@jest/globals';
import { z } from 'zod';
import { run } from '../../cluster/command.ts';
import type { Engine } from '../../cluster/engine.ts';
import { loadStandIn, STAND_IN, standInTag } from '../support/stand-in-images.ts';
import { deployStack, docker, dockerFile, type Tasks } from './deployment.ts';
import { type Stage, stackTasks } from './stage.ts';

/** What is to run then. */
export async function deployWithConsul(stage: Stage, version: string): Promise<Tasks> {
  const { manager, workers } = stage.cluster;
  for (const node of [manager, ...workers]) await loadStandIn(node, STAND_IN.consul);
  await loadStandIn(manager, STAND_IN.prometheusWithConsul);
  const image = standInTag(STAND_IN.consul);
  const prometheus = standInTag(STAND_IN.prometheusWithConsul);
  const secrets = join(stage.folder, 'consul-secrets');
  await run('sh', [dockerFile('new-consul-keys.sh'), secrets]);
  const files = [dockerFile('stack.yaml'), dockerFile('consul.stack.yaml')];
  await deployStack(manager, 'micado', files, {
    ...stage.variables(version),
    MICADO_PROMETHEUS_IMAGE: prometheus,
    MICADO_CONSUL_IMAGE: image,
    MICADO_CONSUL_SECRETS: secrets,
  });
  return {
    ...stackTasks(version),
    micado_prometheus: { tasks: 1, image: prometheus },
    micado_consul: { tasks: 1, image },
    'micado_consul-agent': { tasks: 3, image },
  };
}

const serviceFacts = z.object({
  Spec: z.object({
    EndpointSpec: z.object({ Ports: z.array(z.unknown()).optional() }),
    TaskTemplate: z.object({
      Networks: z.array(z.object({ Target: z.string() })),
      ContainerSpec: z.object({
        Env: z.array(z.string()).default([]),
        Secrets: z
          .array(z.object({ SecretName: z.string(), File: z.object({ Name: z.string(), UID: z.string() }) }))
          .default([]),
        Configs: z
          .array(z.object({ ConfigName: z.string(), File: z.object({ Name: z.string() }) }))
          .default([]),
      }),
    }),
  }),
});

const named = z.array(z.object({ Name: z.string(), Id: z.string() }));

/** What Docker has made of the two files. */
export async function seeWhatConsulChanges({ cluster: { manager, workers } }: Stage): Promise<void> {
  const networks = named.parse(await manager.docker.listNetworks());
  const factsOf = async (name: string) => {
    const { Spec: spec } = serviceFacts.parse(await manager.docker.getService(`micado_${name}`).inspect());
    const { Networks: joined, ContainerSpec: container } = spec.TaskTemplate;
    return {
      networks: joined.map(({ Target: id }) => networks.find((network) => network.Id === id)?.Name),
      ports: spec.EndpointSpec.Ports ?? [],
      secrets: container.Secrets.map(
        ({ SecretName: secret, File: { Name: file, UID: user } }) => `${secret} as ${file} for ${user}`,
      ).toSorted(),
      configs: container.Configs.map(
        ({ ConfigName: config, File: { Name: file } }) => `${config} as ${file}`,
      ),
      consul: container.Env.filter((variable) => variable.startsWith('MICADO_CONSUL_')),
    };
  };
  const inside = { networks: ['micado_micado'], ports: [] };
  for (const name of ['consul', 'consul-agent'])
    expect(await factsOf(name)).toEqual({
      ...inside,
      secrets: ['micado_consul_1 as consul.json for 100'],
      configs: [],
      consul: [],
    });
  for (const name of ['rulegen', 'executor', 'exporter'])
    expect(await factsOf(name)).toMatchObject({
      ...inside,
      secrets: expect.arrayContaining(['micado_consul_token_1 as consul_token for 65532']),
      consul: ['MICADO_CONSUL_TOKEN_FILE=/run/secrets/consul_token', 'MICADO_CONSUL_URL=http://consul:8500'],
    });
  expect(await factsOf('prometheus')).toMatchObject({
    ...inside,
    secrets: ['micado_consul_token_1 as consul_token for 65534'],
    configs: ['micado_prometheus_consul_1 as /etc/prometheus/prometheus.yml'],
  });
  for (const node of [manager, ...workers]) expect(await hostnameOfAgent(node)).toBe(node.name);
}

async function hostnameOfAgent(node: Engine): Promise<string> {
  const agent = 'label=com.docker.swarm.service.name=micado_consul-agent';
  const id = (await docker(node, ['ps', '--quiet', '--filter', agent])).trim();
  return (await docker(node, ['exec', id, 'hostname'])).trim();
}

const withName = z.array(z.object({ Spec: z.object({ Name: z.string() }) }));

/** Names of services, configs and secrets. */
export async function leftInSwarm({ docker: client }: Engine): Promise<readonly string[]> {
  const lists = await Promise.all([client.listServices(), client.listConfigs(), client.listSecrets()]);
  return lists.flatMap((list) => withName.parse(list).map(({ Spec: { Name: name } }) => name));
}
