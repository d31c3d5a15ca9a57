/** The two calls to Occopus that end an infrastructure: what there is of it, and its deletion. */
import { parseOccopusReport } from '../../internal/contract/occopus.ts';
import { AppError } from '../../internal/daemon/app-error.ts';
import { listVms } from '../core/infrastructure-vm.ts';
import type { VmProvider } from '../ports.ts';
import { callOccopus } from './occopus-call.ts';

/** It asks the cloud about each VM, one after another. */
const READ_TIMEOUT_MS = 60_000;
/** It lets the pass under way end (or kills it after a minute or two), and stops one VM after another. */
const DELETE_TIMEOUT_MS = 300_000;

/** That Occopus says it is done proves nothing: it hides VMs that it could not stop. */
export function createOccopusVmProvider(url: string): VmProvider {
  const call = async (method: 'GET' | 'DELETE', infra: string, timeoutMs: number) => {
    const { where, answer } = await callOccopus({ method, url, path: [infra], timeoutMs });
    switch (answer.kind) {
      case 'accepted':
        return { where, json: answer.json };
      case 'unknown_infrastructure':
        return undefined;
      case 'unknown_node':
      case 'refused':
        throw new AppError('unavailable', `${where}: ${answer.reason}`);
    }
  };
  return {
    kind: 'occopus',
    name: 'Occopus',
    async read(infra) {
      const answer = await call('GET', infra, READ_TIMEOUT_MS);
      if (answer === undefined) return undefined;
      const report = parseOccopusReport(answer.json);
      if (report !== undefined) return listVms(report);
      throw new AppError('unavailable', `${answer.where}: the answer is not Occopus’ report`);
    },
    async remove(infra) {
      await call('DELETE', infra, DELETE_TIMEOUT_MS);
    },
  };
}
