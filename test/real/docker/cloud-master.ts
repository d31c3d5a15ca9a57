/** The master of a cloud: compose.yaml and occopus.compose.yaml together, with stand-ins for Occopus and its database. */
import { mkdir, writeFile } from 'node:fs/promises';
import { isIPv4 } from 'node:net';
import { join } from 'node:path';
import { expect } from '@jest/globals';
import { z } from 'zod';
import type { Engine } from '../../cluster/engine.ts';
import { PROJECT_ROOT } from '../../cluster/project-root.ts';
import { eventually } from '../../eventually.ts';
import { loadStandIn, STAND_IN, standInTag } from '../support/stand-in-images.ts';
import { compose, docker, dockerFile } from './deployment.ts';
import type { Stage } from './stage.ts';

export type CloudMaster = {
  /** By name, those that run. */
  containers(): Promise<Readonly<Record<string, Running>>>;
  /** What the container gets from there; rejects where it gets nothing. */
  fetchFrom(container: string, url: string): Promise<string>;
  /** Puts a file into each volume. */
  mark(): Promise<void>;
  /** What containers read in their volumes of what `mark` has put there. */
  marks(): Promise<readonly string[]>;
  addressOf(container: string, network: string): Promise<string>;
  down(): Promise<void>;
};

type Running = { readonly id: string; readonly publishes: readonly string[] };

/** Where who has a shell has its volumes. */
const FOLDERS = {
  executor: ['micado_executor_1', '/var/lib/micado'],
  rules: ['micado_rulegen_1', '/rules'],
  redis: ['micado_redis_1', '/data'],
  occopus: ['micado-occopus', '/root/.occopus'],
} as const;
const MARK = 'mark';

export async function startCloudMaster(stage: Stage, version: string): Promise<CloudMaster> {
  const { manager } = stage.cluster;
  for (const standIn of [STAND_IN.occopus, STAND_IN.redis]) await loadStandIn(manager, standIn);
  const variables = {
    ...stage.variables(version),
    OCCOPUS_IMAGE: standInTag(STAND_IN.occopus),
    // There from the first moment of the engine, as on a machine; the link to it is the test's.
    MICADO_DOCKER_SOCKET: join(manager.folder, 'docker.sock'),
  };
  const files = [
    dockerFile('compose.yaml'),
    join(PROJECT_ROOT, 'templates/cloud/occopus.compose.yaml'),
    await ownPlaces(stage.folder),
  ];
  await compose(manager, ['up', '--detach'], variables, files);
  const volumes = Object.entries(FOLDERS);
  return {
    containers: () => runningContainers(manager),
    fetchFrom(container, url) {
      const fetch = ['/bin/busybox', 'wget', '-q', '-O', '-', url];
      return docker(manager, ['exec', container, '/bin/busybox', 'timeout', '5', ...fetch]);
    },
    async mark() {
      for (const [name] of volumes) await writeFile(join(stage.volume(`micado_${name}`), MARK), name);
    },
    marks: () =>
      Promise.all(
        volumes.map(([, [container, folder]]) =>
          docker(manager, ['exec', container, '/bin/busybox', 'cat', `${folder}/${MARK}`]),
        ),
      ),
    async addressOf(container, network) {
      const format = `{{(index .NetworkSettings.Networks "${network}").IPAddress}}`;
      return (await docker(manager, ['inspect', '--format', format, container])).trim();
    },
    down: async () =>
      void (await compose(manager, ['down', '--volumes', '--timeout', '10'], variables, files)),
  };
}

/** Its API knows neither users nor encryption, and runs code that it is sent: nobody but the executor may get there. */
export async function seeWhoReachesOccopus(master: CloudMaster): Promise<void> {
  const [executor, rulegen] = ['micado_executor_1', 'micado_rulegen_1'];
  const api = 'http://occopus:5000/';
  expect(await master.fetchFrom(executor, api)).toBe(STAND_IN.occopus.program);
  expect(await master.fetchFrom('micado-occopus', 'http://redis:6379/')).toBe(STAND_IN.redis.program);
  await master.fetchFrom(rulegen, 'http://executor:9095/-/healthy');
  const shared = await master.addressOf('micado-occopus', 'micado_occopus');
  const hidden = await master.addressOf('micado-occopus', 'micado_occopus-data');
  for (const address of [shared, hidden]) expect(isIPv4(address)).toBe(true);
  const refused = [
    ...[api, `http://${shared}:5000/`, `http://${hidden}:5000/`].map((url) => master.fetchFrom(rulegen, url)),
    master.fetchFrom(executor, 'http://redis:6379/'),
  ];
  for (const { status } of await Promise.allSettled(refused)) expect(status).toBe('rejected');
  const published = Object.values(await master.containers()).flatMap(({ publishes }) => publishes);
  expect(published.toSorted()).toEqual([9090, 9093, 9095, 9096].map((port) => `127.0.0.1:${port}`));
}

/** The machine loses power and boots: nobody but the engine starts anything. */
export async function seeReboot(machine: Engine, master: CloudMaster): Promise<void> {
  await master.mark();
  const before = await master.containers();
  await machine.restart();
  await eventually(
    'all containers are back',
    async () => expect(await master.containers()).toEqual(before) ?? true,
    { withinMs: 60_000, everyMs: 500 },
  );
  expect(await master.marks()).toEqual(Object.keys(FOLDERS));
}

/** What render writes to /etc/micado is not written to this machine's. */
async function ownPlaces(folder: string): Promise<string> {
  const credentials = join(folder, 'occopus');
  await mkdir(credentials);
  await writeFile(join(credentials, 'auth_data.yaml'), 'resource: []\n');
  const file = join(folder, 'places.compose.yaml');
  const occopus = { volumes: [`${credentials}:/etc/micado/occopus:ro`] };
  await writeFile(file, JSON.stringify({ version: '3.7', services: { occopus } }));
  return file;
}

const containerList = z.array(
  z.object({
    Id: z.string(),
    Names: z.tuple([z.string()]),
    Ports: z.array(
      z.object({ IP: z.string().optional(), PublicPort: z.number().optional(), PrivatePort: z.number() }),
    ),
  }),
);

async function runningContainers(engine: Engine): Promise<Readonly<Record<string, Running>>> {
  const filters = JSON.stringify({ label: ['com.docker.compose.project=micado'], status: ['running'] });
  return Object.fromEntries(
    containerList
      .parse(await engine.docker.listContainers({ filters }))
      .map(({ Id: id, Names: [name], Ports: ports }) => [
        name.slice(1),
        {
          id,
          publishes: ports
            .filter(({ PublicPort: port }) => port !== undefined)
            .map(({ IP: ip, PublicPort: port }) => `${ip}:${port}`),
        },
      ]),
  );
}
