/** Which cloud a file of user data is for: `cloud` where it is named, else the type of the resource. */
import { didYouMean } from '../../../internal/contract/nearest-name.ts';
import { CLOUD_NAMES, CLOUDS, type CloudName } from './clouds.ts';
import type { Path } from './read-document.ts';
import type { Mapping } from './user-data.ts';

export type ChosenCloud =
  | { readonly ok: true; readonly cloud: CloudName }
  | { readonly ok: false; readonly path: Path; readonly message: string };

/** Types that people had, and why they are none any more. */
const GONE: Readonly<Record<string, string>> = {
  occi: 'Occopus 1.8 removed its plug-in for OCCI: most of these sites offer OpenStack, which is type: nova',
  voms: 'Occopus 1.10 takes no VOMS proxies: use an application credential with type: nova',
  chameleon: 'Chameleon is OpenStack: type: nova',
  docker: 'a container cannot join a Swarm as a worker',
  azure_aci: 'a container cannot join a Swarm as a worker: use azure_vm',
  azure: 'Azure’s VMs have type: azure_vm',
};

export function chooseCloud(root: Mapping): ChosenCloud {
  const { cloud } = root;
  if (cloud === 'custom') return { ok: true, cloud };
  const named = typeOf(root['resource']) ?? typeOf(root['auth_data']);
  const path = typeOf(root['resource']) === undefined ? ['auth_data', 'type'] : ['resource', 'type'];
  if (named === undefined)
    return { ok: false, path: ['resource', 'type'], message: `resource.type is required: ${KNOWN}` };
  const found = CLOUD_NAMES.find((name) => CLOUDS[name].type === named);
  if (found !== undefined) return { ok: true, cloud: found };
  const reason =
    GONE[named] ?? `"${named}" is no cloud that is known here${didYouMean(named, TYPES)}: ${KNOWN}`;
  return { ok: false, path, message: reason };
}

const TYPES = CLOUD_NAMES.flatMap((name) => CLOUDS[name].type ?? []);
const KNOWN = `one of ${TYPES.join(', ')}; for any other plug-in of Occopus write cloud: custom`;

function typeOf(section: unknown): string | undefined {
  if (typeof section !== 'object' || section === null || !('type' in section)) return undefined;
  return typeof section.type === 'string' ? section.type : undefined;
}
