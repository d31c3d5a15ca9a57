/** How a VM becomes the master. It brings all that Occopus needs, secrets too, so that nothing has to be typed there. */
import type { UserData } from '../user-data/user-data.ts';
import {
  engineFile,
  environmentFile,
  GUARD_UNIT,
  type PackText,
  packFile,
  programFile,
  renderCloudInit,
  secretFile,
  unitFile,
  type VmFile,
} from './cloud-init.ts';
import type { CloudScripts } from './cloud-scripts.ts';

export type MasterFiles = {
  readonly authData: string;
  readonly nodeDefinition: string;
  readonly infrastructure: string;
  readonly policy: string;
};

export function renderMasterCloudInit(
  data: UserData,
  files: MasterFiles,
  scripts: CloudScripts,
  pack: PackText,
): string {
  return renderCloudInit({
    packages: ['docker-compose'],
    files: listFiles(data, files, scripts).map((file) => packFile(file, pack)),
    units: ['micado-label-nodes.service', 'micado-master.service'],
  });
}

function listFiles(data: UserData, files: MasterFiles, scripts: CloudScripts): readonly VmFile[] {
  return [
    engineFile([]),
    environmentFile({
      MASTER_ADDRESS: data.masterAddress ?? '',
      OCCOPUS_IMAGE: data.occopusImage,
      RELEASE_URL: data.release?.url ?? '',
      RELEASE_SHA256: data.release?.sha256 ?? '',
    }),
    secretFile('/etc/micado/occopus/auth_data.yaml', files.authData),
    secretFile('/etc/micado/occopus/node_definition.yaml', files.nodeDefinition),
    secretFile('/etc/micado/occopus/infrastructure.yaml', files.infrastructure),
    { path: '/etc/micado/policy.yaml', permissions: '0644', content: files.policy },
    {
      path: '/etc/micado/occopus.compose.yaml',
      permissions: '0644',
      content: scripts['occopus.compose.yaml'],
    },
    unitFile(GUARD_UNIT, scripts),
    programFile('micado-release.sh', scripts),
    programFile('micado-master.sh', scripts),
    programFile('micado-submit.sh', scripts),
    programFile('micado-label-nodes.sh', scripts),
    unitFile('micado-master.service', scripts),
    unitFile('micado-label-nodes.service', scripts),
  ];
}
