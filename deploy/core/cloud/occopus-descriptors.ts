/** What Occopus reads: credentials, the definition of a worker, the infrastructure with its bounds. */
import { DEFAULT_PORT } from '../../../internal/contract/ports.ts';
import type { Mapping, UserData } from '../user-data/user-data.ts';
import { dumpYaml } from './dump-yaml.ts';
import { DESCRIPTOR_VARIABLE } from './jinja.ts';

/** Names as in MiCADO 0.3. The id is given when it is built; the name in the descriptor takes no underscore. */
export const WORKER_INFRA = 'micado_worker_infra';
export const WORKER_NODE = 'worker';
const INFRA_NAME = WORKER_INFRA.replaceAll('_', '-');
/** After so long without its exporter a worker is replaced. Longer than the executor waits for a boot: it can say why. */
const HEALTH_TIMEOUT_SECONDS = 1_200;

const HEADER = '# written by micado render from user data; do not edit\n';

/** With its secrets: readable for its owner only. */
export function renderAuthData(data: Pick<UserData, 'auth' | 'cloud' | 'resource'>): string {
  const entries =
    Object.keys(data.auth).length === 0
      ? []
      : [{ type: data.resource['type'], auth_data: credentialsOf(data) }];
  return HEADER + dumpYaml({ resource: entries });
}

/** The resource's type finds the entry. OpenStack tells its two ways to log in apart by a type of their own, as others may. */
function credentialsOf({ cloud, auth, resource }: Pick<UserData, 'auth' | 'cloud' | 'resource'>): Mapping {
  const { type, ...credentials } = auth;
  if (cloud === 'nova' && 'id' in credentials) return { type: 'application_credential', ...credentials };
  return type === resource['type'] ? credentials : auth;
}

/** Ping is not asked for: clouds block it, and a worker that does not answer would be replaced for ever. */
export function renderNodeDefinition({ resource }: Pick<UserData, 'resource'>, cloudInit: string): string {
  const definition = {
    resource,
    contextualisation: { type: 'cloudinit', context_template: cloudInit },
    health_check: { ping: false, ports: [DEFAULT_PORT.exporter], timeout: HEALTH_TIMEOUT_SECONDS },
  };
  return HEADER + dumpYaml({ [`node_def:${WORKER_NODE}`]: [definition] });
}

export type JoinFacts = {
  readonly masterAddress: string | undefined;
  readonly joinToken: string | undefined;
};

/** What is not known yet is left out: the master adds its address and the worker token of the day when it submits. */
export function renderInfrastructure(
  { userId, scaling }: Pick<UserData, 'userId' | 'scaling'>,
  { masterAddress, joinToken }: JoinFacts,
): string {
  const variables = {
    ...(masterAddress === undefined ? {} : { [DESCRIPTOR_VARIABLE.masterAddress]: masterAddress }),
    ...(joinToken === undefined ? {} : { [DESCRIPTOR_VARIABLE.joinToken]: joinToken }),
  };
  return (
    HEADER +
    dumpYaml({
      user_id: userId,
      infra_name: INFRA_NAME,
      nodes: [{ name: WORKER_NODE, type: WORKER_NODE, scaling: { min: scaling.min, max: scaling.max } }],
      ...(Object.keys(variables).length > 0 ? { variables } : {}),
    })
  );
}
