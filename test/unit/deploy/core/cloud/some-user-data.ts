import type { CloudScripts } from '../../../../../deploy/core/cloud/cloud-scripts.ts';
import { CLOUD_SCRIPTS } from '../../../../../deploy/core/cloud/cloud-scripts.ts';
import type { UserData } from '../../../../../deploy/core/user-data/user-data.ts';

export function someUserData(changes: Partial<UserData> = {}): UserData {
  return {
    cloud: 'ec2',
    userId: 'ops@cloud.example',
    auth: { type: 'ec2', accesskey: 'AKIA', secretkey: 'hunter2' },
    resource: { type: 'ec2', endpoint: 'https://ec2.cloud.example', image_id: 'ami-1' },
    scaling: { min: 2, max: 7 },
    masterAddress: undefined,
    release: undefined,
    occopusImage: 'micado/occopus:1.5',
    ...changes,
  };
}

/** Each is its own name, but for those that a test gives. */
export function someScripts(changes: Partial<CloudScripts> = {}): CloudScripts {
  const names = Object.fromEntries(CLOUD_SCRIPTS.map((name) => [name, `${name}\n`])) as CloudScripts;
  return { ...names, ...changes };
}
