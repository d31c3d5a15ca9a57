/** How a worker VM becomes a node of its pool. It is a template of Occopus, and holds no secret of its own. */
import { POOL_NODE_LABEL, POOL_VM_NODE_LABEL } from '../../../internal/contract/labels.ts';
import type { UserData } from '../user-data/user-data.ts';
import {
  engineFile,
  environmentFile,
  GUARD_UNIT,
  programFile,
  renderCloudInit,
  unitFile,
} from './cloud-init.ts';
import type { CloudScripts } from './cloud-scripts.ts';
import { BOOT_VARIABLE, toJinjaTemplate } from './jinja.ts';
import { WORKER_NODE } from './occopus-descriptors.ts';

export function renderWorkerCloudInit({ release }: UserData, scripts: CloudScripts): string {
  const text = renderCloudInit({
    packages: [],
    files: [
      // Its node cannot label itself: the master makes node labels of these.
      engineFile([`${POOL_NODE_LABEL}=${WORKER_NODE}`, `${POOL_VM_NODE_LABEL}=${BOOT_VARIABLE.vm}`]),
      environmentFile({
        MASTER_ADDRESS: BOOT_VARIABLE.masterAddress,
        JOIN_TOKEN: BOOT_VARIABLE.joinToken,
        RELEASE_URL: release?.url ?? '',
        RELEASE_SHA256: release?.sha256 ?? '',
      }),
      unitFile(GUARD_UNIT, scripts),
      programFile('micado-release.sh', scripts),
      programFile('micado-join.sh', scripts),
      unitFile('micado-join.service', scripts),
    ],
    units: ['micado-join.service'],
  });
  return toJinjaTemplate(text);
}
