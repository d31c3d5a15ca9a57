/** What a worker VM does after its boot, as its cloud-init has it: images, join, labels of its node, exporter. */
import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { POOL_NODE_LABEL, POOL_VM_NODE_LABEL } from '../../../internal/contract/labels.ts';
import { DEFAULT_PORT, HTTP_PATH } from '../../../internal/contract/ports.ts';
import { callHttp } from '../../../internal/daemon/http-client.ts';
import { eventually } from '../../eventually.ts';
import { joinSwarm } from '../cluster.ts';
import { toolEnvironment } from '../command.ts';
import type { Engine } from '../engine.ts';
import { PROJECT_ROOT } from '../project-root.ts';

export type WorkerSteps = {
  readonly manager: Engine;
  /** What the VM's image has in store, as nothing can be pulled. */
  loadImages(worker: Engine): Promise<unknown>;
  readonly pool: string;
  /** Undefined where the VM does not know it: then its address tells. */
  readonly vmId: string | undefined;
};

export async function runWorkerSteps(worker: Engine, steps: WorkerSteps): Promise<void> {
  await steps.loadImages(worker);
  await startExporter(worker);
  await joinSwarm(worker, steps.manager);
  await labelNode(worker, steps);
}

const infoAnswer = z.object({ Swarm: z.object({ NodeID: z.string() }) });
const nodeAnswer = z.object({
  Version: z.object({ Index: z.number() }),
  Spec: z.looseObject({ Labels: z.record(z.string(), z.string()).default({}) }),
});

/** Those that the node has in the end. */
export const labelsOfWorker = ({
  pool,
  vmId,
}: Pick<WorkerSteps, 'pool' | 'vmId'>): Readonly<Record<string, string>> => ({
  [POOL_NODE_LABEL]: pool,
  ...(vmId === undefined ? {} : { [POOL_VM_NODE_LABEL]: vmId }),
});

/** Through a manager: a node cannot label itself. */
async function labelNode(worker: Engine, steps: WorkerSteps): Promise<void> {
  const { NodeID: nodeId } = infoAnswer.parse(await worker.docker.info()).Swarm;
  const node = steps.manager.docker.getNode(nodeId);
  await eventually(`node ${worker.name} is labelled`, async () => {
    const { Version, Spec } = nodeAnswer.parse(await node.inspect());
    await node.update({
      version: Version.Index,
      ...Spec,
      Labels: { ...Spec.Labels, ...labelsOfWorker(steps) },
    });
    return true;
  });
}

const EXPORTER = join(PROJECT_ROOT, 'dist/bin/micado-exporter.js');

/** In the worker's network, so that it listens on the node's address and ends with the engine. */
async function startExporter(worker: Engine): Promise<void> {
  const address = `${worker.address}:${DEFAULT_PORT.exporter}`;
  const flags = [
    `--docker.host=${worker.dockerHost}`,
    `--machine.cgroup=${worker.cgroup}`,
    `--web.listen-address=${address}`,
  ];
  const log = openSync(join(worker.folder, 'exporter.log'), 'a');
  try {
    const child = spawn('nsenter', [`--net=${worker.namespace}`, process.execPath, EXPORTER, ...flags], {
      detached: true,
      stdio: ['ignore', log, log],
      env: toolEnvironment(),
    });
    // Whether it runs is told by its answer.
    child.on('error', () => {});
    child.unref();
  } finally {
    closeSync(log);
  }
  await eventually(`the exporter of ${worker.name} answers`, async () => {
    const url = `http://${address}${HTTP_PATH.ready}`;
    return (await callHttp({ url, timeoutMs: 1_000 })).status === 200;
  });
}
