/** A cloud that is reached by three programs, as `--node-provider=command` runs them; each VM is a real engine that joins. */
import { randomUUID } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PROJECT_ROOT } from '../project-root.ts';
import { createWorkerHypervisor, type WorkerHypervisorOptions } from './cloud.ts';
import type { CloudVm, EngineHypervisor } from './engine-hypervisor.ts';

export type ProgramCloud = AsyncDisposable & {
  /** Paths of the programs. */
  readonly up: string;
  readonly down: string;
  readonly list: string;
  /** What they were asked, `list` apart: `up infra worker 2`. */
  readonly calls: readonly string[];
  vms(): readonly CloudVm[];
};

type Vm = { readonly id: string; addresses: readonly string[]; state: 'booting' | 'ready' | 'stopping' };
type Pool = { readonly node: string; target: number; readonly vms: Map<string, Vm> };

const CLIENT = join(PROJECT_ROOT, 'test/cluster/cloud/program-client.mjs');

/** @param infraId the only infrastructure that it knows, with whatever pools it is asked for */
export async function startProgramCloud(
  infraId: string,
  options: WorkerHypervisorOptions,
): Promise<ProgramCloud> {
  const hypervisor = createWorkerHypervisor(options);
  const pools = new Map<string, Pool>();
  const calls: string[] = [];
  const answer = (action: string, infra: string, node: string, word: string): object | undefined => {
    if (infra !== infraId) return undefined;
    const pool = pools.get(node) ?? { node, target: 0, vms: new Map<string, Vm>() };
    pools.set(node, pool);
    if (action !== 'list') calls.push(`${action} ${infra} ${node} ${word}`);
    if (action === 'up') grow(pool, Number(word), hypervisor);
    if (action === 'down') stopVm(pool, word, hypervisor);
    return { target: pool.target, vms: [...pool.vms.values()] };
  };
  const server = createServer((request, response) => {
    const words = new URL(request.url ?? '/', 'http://cloud').pathname.split('/').slice(1);
    const [action = '', infra = '', node = '', word = ''] = words.map(decodeURIComponent);
    const found = answer(action, infra, node, word);
    response.writeHead(found === undefined ? 404 : 200).end(JSON.stringify(found ?? {}));
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const folder = mkdtempSync(join(tmpdir(), 'micado-programs-'));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const program = (action: string): string => {
    const path = join(folder, action);
    writeFileSync(path, `#!/bin/sh\nexec '${process.execPath}' '${CLIENT}' '${url}' ${action} "$@"\n`);
    chmodSync(path, 0o755);
    return path;
  };
  return {
    up: program('up'),
    down: program('down'),
    list: program('list'),
    calls,
    vms: hypervisor.vms,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => {
        server.close(resolve);
      });
      await hypervisor.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function grow(pool: Pool, count: number, hypervisor: EngineHypervisor): void {
  pool.target = count;
  const staying = [...pool.vms.values()].filter(({ state }) => state !== 'stopping');
  for (let missing = count - staying.length; missing > 0; missing -= 1) {
    const vm: Vm = { id: randomUUID(), addresses: [], state: 'booting' };
    pool.vms.set(vm.id, vm);
    hypervisor.boot({ id: vm.id, node: pool.node }).then(
      (addresses) => Object.assign(vm, { addresses, state: 'ready' }),
      () => pool.vms.delete(vm.id),
    );
  }
}

function stopVm(pool: Pool, id: string, hypervisor: EngineHypervisor): void {
  const vm = pool.vms.get(id);
  if (vm === undefined) return;
  pool.target -= 1;
  vm.state = 'stopping';
  void hypervisor.destroy(id).finally(() => pool.vms.delete(id));
}
