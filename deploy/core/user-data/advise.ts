/** What user data may say and had better not, and what changed since MiCADO 0.3: warnings and notes, never errors. */
import { DEFAULT_PORT } from '../../../internal/contract/ports.ts';
import type { Severity } from './finding.ts';
import { isPrivateAddress } from './private-address.ts';
import type { Path } from './read-document.ts';
import { isMapping, mappingAt, type Sketch } from './sketch.ts';
import { isOccopus15 } from './user-data.ts';
import { walkScalars } from './walk-scalars.ts';

export type Advice = { readonly severity: Severity; readonly path: Path; readonly message: string };

const SECRET_KEY = /pass|secret|token|private/i;
/** The executor's own ceiling. */
const MAX_WORKERS = 20;
const LEAST_VNC_PASSWORD = 8;

const warn = (path: Path, message: string): Advice => ({ severity: 'warning', path, message });
const note = (path: Path, message: string): Advice => ({ severity: 'note', path, message });

/** Of what can be read, whether the rest is right or not. */
export function advise(data: Sketch): readonly Advice[] {
  return [
    ...adviseOnSecrets(data),
    ...adviseOnNetwork(data),
    ...adviseOnNumbers(data),
    ...adviseOnNova(data),
    ...adviseOnOccopus(data),
  ];
}

function adviseOnSecrets({ auth, resource }: Sketch): readonly Advice[] {
  return [...walkScalars(auth, ['auth_data']), ...walkScalars(resource, ['resource'])]
    .filter(({ path, value }) => typeof value === 'string' && SECRET_KEY.test(String(path.at(-1))))
    .map(({ path }) =>
      warn(path, 'stands here in plain text: write { from_env: NAME } or { from_file: path } instead'),
    );
}

function adviseOnNetwork({ cloud, resource, masterAddress }: Sketch): readonly Advice[] {
  const advice: Advice[] = [];
  if (masterAddress !== undefined && !isPrivateAddress(masterAddress))
    advice.push(
      warn(['master', 'address'], 'is public: the Swarm’s control plane listens there; name a private one'),
    );
  const path = ['resource'];
  if (String(resource['endpoint']).startsWith('http:'))
    advice.push(warn([...path, 'endpoint'], 'is not encrypted: your credentials travel in the clear'));
  const groups = { ec2: 'security_group_ids', nova: 'security_groups' } as const;
  const wanted = cloud === 'ec2' || cloud === 'nova' ? groups[cloud] : undefined;
  if (wanted !== undefined && Object.keys(resource).length > 0 && resource[wanted] === undefined)
    advice.push(warn(path, `has no ${wanted}: the cloud’s default group decides who reaches the workers`));
  const { description } = resource;
  if (
    cloud === 'cloudsigma' &&
    isMapping(description) &&
    !JSON.stringify(description).includes('firewall_policy')
  )
    advice.push(warn([...path, 'description'], 'has no nics with a firewall_policy: all ports are open'));
  const opened = String(mappingAt(resource, 'description')['opened_port'] ?? '').split(/\D+/);
  for (const port of opened.filter((one) => CLOSED_PORTS[one] !== undefined))
    advice.push(warn([...path, 'description', 'opened_port'], `opens ${port}: ${CLOSED_PORTS[port]}`));
  return advice;
}

const CLOSED_PORTS: Readonly<Record<string, string>> = {
  2375: 'no engine listens there any more, as whoever reached it was root',
  [DEFAULT_PORT.occopus]: 'Occopus stays on the master’s inner network',
  [DEFAULT_PORT.consul]: 'nothing of micado listens there unless you run Consul',
  [DEFAULT_PORT.prometheus]: 'no worker listens there',
  [DEFAULT_PORT.alertmanager]: 'no worker listens there',
  [DEFAULT_PORT.executor]: 'no worker listens there',
};

function adviseOnNumbers({ cloud, maxWorkers, resource }: Sketch): readonly Advice[] {
  const advice: Advice[] = [];
  if (maxWorkers !== undefined && maxWorkers > MAX_WORKERS)
    advice.push(
      warn(['scaling', 'max'], `is above ${MAX_WORKERS}, the executor’s --max-workers: raise that too`),
    );
  const { vnc_password: vnc } = mappingAt(resource, 'description');
  if (cloud === 'cloudsigma' && typeof vnc === 'string' && vnc.length < LEAST_VNC_PASSWORD)
    advice.push(warn(['resource', 'description', 'vnc_password'], 'is short: anyone may guess it'));
  return advice;
}

function adviseOnNova({ cloud, resource, auth, occopusImage }: Sketch): readonly Advice[] {
  if (cloud !== 'nova') return [];
  const advice: Advice[] = [];
  if (resource['project_id'] === undefined && isOccopus15(occopusImage))
    advice.push(
      warn(
        ['resource'],
        'has no project_id: Occopus 1.5 does without if there is a tenant_name, 1.10 does not',
      ),
    );
  if (resource['server_name'] !== undefined)
    advice.push(warn(['resource', 'server_name'], 'gives all workers one name: better leave it out'));
  if (resource['tenant_name'] !== undefined)
    advice.push(
      warn(['resource', 'tenant_name'], 'has no effect since Keystone v3: project_id names the project'),
    );
  if (resource['user_domain_name'] === undefined && auth['username'] !== undefined)
    advice.push(note(['resource'], 'has no user_domain_name: Occopus 1.10 takes Default'));
  return advice;
}

function adviseOnOccopus({ cloud, occopusImage }: Sketch): readonly Advice[] {
  const path = ['occopus', 'image'];
  if (cloud === 'azure' && isOccopus15(occopusImage))
    return [
      warn(path, `${path.join('.')} is ${occopusImage}, which knows no Azure: name one of Occopus 1.10`),
    ];
  if (occopusImage.includes('@sha256:')) return [];
  return [
    note(
      path,
      `${path.join('.')} is ${occopusImage}: a digest (name@sha256:…) would fix which image that is`,
    ),
  ];
}
