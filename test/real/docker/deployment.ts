/** docker/ as an operator uses it, on a cluster of the test's own: `docker stack deploy`, `docker-compose`, and a look at what runs. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { Cluster } from '../../cluster/cluster.ts';
import { run } from '../../cluster/command.ts';
import type { Engine } from '../../cluster/engine.ts';
import { PROJECT_ROOT } from '../../cluster/project-root.ts';
import { eventually } from '../../eventually.ts';

export const dockerFile = (name: string): string => join(PROJECT_ROOT, 'docker', name);

const WITHIN_MS = 120_000;

export const docker = (engine: Engine, args: readonly string[], env: Variables = {}): Promise<string> =>
  run('docker', args, { withinMs: WITHIN_MS, env: { ...env, DOCKER_HOST: engine.dockerHost } });

export const compose = (
  engine: Engine,
  args: readonly string[],
  env: Variables,
  files: readonly string[],
): Promise<string> =>
  run('docker-compose', ['--project-name', 'micado', ...files.flatMap((file) => ['--file', file]), ...args], {
    withinMs: WITHIN_MS,
    env: { ...env, DOCKER_HOST: engine.dockerHost },
  });

export type Variables = Readonly<Record<string, string>>;

/** The images are on the nodes: nobody is asked for them. */
export async function deployStack(
  engine: Engine,
  name: string,
  files: readonly string[],
  env: Variables,
): Promise<void> {
  const named = files.flatMap((file) => ['--compose-file', file]);
  await docker(engine, ['stack', 'deploy', '--resolve-image', 'never', ...named, name], env);
}

/**
 * What a machine with systemd has after each boot, seen by the engine alone: the socket where all look for it, and a root that
 * containers may follow.
 */
export async function furnishMachine(engine: Engine): Promise<void> {
  const socket = join(engine.folder, 'docker.sock');
  for (const command of [
    ['ln', '-s', socket, '/run/docker.sock'],
    ['mount', '--make-rshared', '/'],
  ])
    await run('nsenter', ['--target', String(engine.pid()), '--mount', ...command]);
}

/** Opens to the test what the stack keeps to itself. */
export async function publishedPorts(folder: string): Promise<string> {
  const file = join(folder, 'published.yaml');
  const ports = { prometheus: 9090, alertmanager: 9093, rulegen: 9096, executor: 9095 };
  const services = Object.entries(ports).map(
    ([name, port]) => `  ${name}: { ports: [{ target: ${port}, published: ${port}, mode: host }] }\n`,
  );
  await writeFile(file, `version: "3.8"\nservices:\n${services.join('')}`);
  return file;
}

/** An answer as that machine itself gets it, on its loopback. */
export async function fetchOn(engine: Engine, url: string): Promise<unknown> {
  const script = `fetch(${JSON.stringify(url)}).then((answer) => answer.text()).then((text) => process.stdout.write(text))`;
  const node = [process.execPath, '--input-type=module', '--eval', script];
  return JSON.parse(await run('nsenter', [`--net=${engine.namespace}`, ...node]));
}

const targets = z.object({
  data: z.object({ activeTargets: z.array(z.object({ scrapeUrl: z.string(), health: z.string() })) }),
});

/** The hosts that the Prometheus of that machine reads, sorted. */
export async function scrapedOn(engine: Engine, prometheusUrl: string): Promise<readonly string[]> {
  const { activeTargets } = targets.parse(
    await fetchOn(engine, `${prometheusUrl}/api/v1/targets?state=active`),
  ).data;
  const up = activeTargets.filter(({ health }) => health === 'up');
  return up.map(({ scrapeUrl }) => new URL(scrapeUrl).host).toSorted();
}

const taskList = z.array(
  z.object({
    ServiceID: z.string(),
    Spec: z.object({ ContainerSpec: z.object({ Image: z.string() }) }),
    Status: z.object({ State: z.string() }),
  }),
);
const serviceList = z.array(z.object({ ID: z.string(), Spec: z.object({ Name: z.string() }) }));

/** How many tasks a service has, and of which image. */
export type Tasks = Readonly<Record<string, { readonly tasks: number; readonly image: string }>>;

/** Exactly so many tasks of each service run, all of the image. */
export async function untilTasksRun({ manager }: Cluster, wanted: Tasks): Promise<void> {
  const expected = Object.entries(wanted).flatMap(([name, { tasks, image }]) =>
    Array.from({ length: tasks }, () => `${name} ${image} running`),
  );
  let shown = '';
  await eventually(
    'all tasks run',
    async () => {
      const services = serviceList.parse(await manager.docker.listServices());
      const filters = JSON.stringify({ 'desired-state': ['running', 'ready'] });
      const tasks = taskList.parse(await manager.docker.listTasks({ filters } as object));
      const nameOf = new Map(services.map(({ ID: id, Spec: { Name: name } }) => [id, name]));
      const found = tasks
        .filter(({ ServiceID: id }) => (nameOf.get(id) ?? '') in wanted)
        .map(
          ({ ServiceID: id, Spec, Status }) =>
            `${nameOf.get(id)} ${Spec.ContainerSpec.Image} ${Status.State}`,
        );
      shown = found.toSorted().join('\n');
      return shown === expected.toSorted().join('\n');
    },
    { withinMs: WITHIN_MS, everyMs: 250 },
  ).catch((error: unknown) => {
    throw new Error(`${String(error)}; there are\n${shown}`, { cause: error });
  });
}

const containerFacts = z.object({
  State: z.object({ Pid: z.number(), Health: z.object({ Status: z.string() }).optional() }),
  HostConfig: z.object({ ReadonlyRootfs: z.boolean() }),
});

export type Confinement = {
  readonly health: string | undefined;
  readonly hasReadOnlyRoot: boolean;
  /** Real, effective, saved, of the file system. */
  readonly users: string;
  readonly capabilities: string;
};

/** What the kernel says of the one container that carries the label. */
export async function confinementOf(engine: Engine, label: string): Promise<Confinement> {
  const filters = JSON.stringify({ label: [label] });
  const [container] = await engine.docker.listContainers({ filters });
  if (container === undefined) throw new Error(`there is no container with the label ${label}`);
  const { State: state, HostConfig: host } = containerFacts.parse(
    await engine.docker.getContainer(container.Id).inspect(),
  );
  const status = await readFile(`/proc/${state.Pid}/status`, 'utf8');
  const line = (name: string): string => new RegExp(`^${name}:\\s*(.*)$`, 'm').exec(status)?.[1] ?? '';
  return {
    health: state.Health?.Status,
    hasReadOnlyRoot: host.ReadonlyRootfs,
    users: line('Uid').replaceAll(/\s+/g, ' '),
    capabilities: line('CapEff'),
  };
}
