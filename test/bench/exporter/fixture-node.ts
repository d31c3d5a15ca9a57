/** A node with any number of containers, made of a fixture's files: no engine, no process, and the same text each time. */
import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type DockerEngineServer, startDockerEngineServer } from '../../fakes/docker-engine-server.ts';
import { FIXTURE_CONTAINER, type KernelLayout, unpackKernelTree } from '../../fakes/kernel-tree.ts';

export type FixtureNode = AsyncDisposable & {
  readonly docker: DockerEngineServer;
  /** What the exporter must be told to look here. */
  readonly flags: readonly string[];
};

const FIRST_PID = 10_000;

/** Copies of the fixture's container `web`, each with an ID and a process of its own. */
export async function startFixtureNode(layout: KernelLayout, containers: number): Promise<FixtureNode> {
  const tree = unpackKernelTree(layout);
  const docker = await startDockerEngineServer({ role: 'none' });
  const { web } = FIXTURE_CONTAINER;
  const folders = [...foldersNamed(tree.cgroup, web.id), { parent: tree.procfs, name: String(web.pid) }];
  for (let number = 0; number < containers; number += 1) {
    const id = number.toString(16).padStart(8, '0').repeat(8);
    const pid = FIRST_PID + number;
    const renamed = (text: string): string =>
      text.replaceAll(web.id, id).replaceAll(String(web.pid), String(pid));
    for (const { parent, name } of folders)
      cpSync(join(parent, name), join(parent, renamed(name)), { recursive: true, verbatimSymlinks: true });
    const cgroups = join(tree.procfs, String(pid), 'cgroup');
    writeFileSync(cgroups, renamed(readFileSync(cgroups, 'utf8')));
    docker.state.startContainer({ id, pid, name: `web.${number}`, labels: swarmLabels(number) });
  }
  return {
    docker,
    flags: [
      `--docker.host=${docker.address}`,
      `--path.procfs=${tree.procfs}`,
      `--path.cgroup=${tree.cgroup}`,
    ],
    async [Symbol.asyncDispose]() {
      await docker[Symbol.asyncDispose]();
      tree[Symbol.dispose]();
    },
  };
}

const swarmLabels = (number: number): Readonly<Record<string, string>> => ({
  'com.docker.swarm.service.name': 'web',
  'com.docker.swarm.service.id': 'web'.padEnd(25, '0'),
  'com.docker.swarm.task.name': `web.${number}`,
  'com.docker.swarm.node.id': 'node'.padEnd(25, '0'),
});

/** The folders below `folder` whose name has the text in it, wherever they are. */
function foldersNamed(folder: string, text: string): readonly { parent: string; name: string }[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isDirectory() && entry.name.includes(text))
    .map((entry) => ({ parent: entry.parentPath, name: entry.name }));
}
