/**
 * `occopus-import`: what Occopus checks when a node definition is imported. Its exit code is 0 either way, so its words
 * are the answer.
 */
import { load } from 'js-yaml';
import { z } from 'zod';
import type { OccopusVersion } from './occopus-infrastructure.ts';

type Keys = { readonly required: readonly string[]; readonly optional: readonly string[] };

const words = (text: string): readonly string[] => text.split(' ').filter(Boolean);
const keys = (required: string, optional = ''): Keys => ({
  required: words(`type ${required}`),
  optional: words(optional),
});

/** Of Occopus 1.10, by type. */
export const OCCOPUS_RESOURCE_KEYS: Readonly<Record<string, Keys>> = {
  ec2: keys('endpoint regionname image_id instance_type', 'key_name security_group_ids subnet_id tags name'),
  nova: keys(
    'endpoint image_id flavor_name project_id',
    'server_name key_name security_groups floating_ip floating_ip_pool name tenant_name user_domain_name network_id region_name volume_size volume_persist',
  ),
  cloudsigma: keys('endpoint libdrive_id description', 'name'),
  cloudbroker: keys('endpoint description', 'name start_in_vpc'),
  azure_vm: keys(
    'endpoint resource_group location vm_size publisher offer sku version username',
    'password ssh_key_data public_ip_needed vnet_name subnet_name customdata server_name',
  ),
};
const { ec2, nova, cloudsigma, cloudbroker } = OCCOPUS_RESOURCE_KEYS;
const KEYS: Readonly<Record<OccopusVersion, Readonly<Record<string, Keys | undefined>>>> = {
  '1.10': OCCOPUS_RESOURCE_KEYS,
  '1.5': { ec2, nova: withoutProject(nova), cloudsigma, cloudbroker },
};
const CLOUDINIT = keys('context_template', 'attributes');
const HEALTH_CHECK: Keys = { required: [], optional: words('type ping ports urls mysqldbs timeout') };

const section = z.record(z.string(), z.unknown());
const alternative = z.strictObject({
  resource: section,
  contextualisation: section.optional(),
  config_management: section.optional(),
  health_check: section.optional(),
});
const schema = z.record(z.string().startsWith('node_def:'), z.array(alternative).min(1));

/** What the command prints. */
export function importNodeDefinition(text: string, version: OccopusVersion = '1.10'): string {
  const parsed = schema.safeParse(load(text));
  if (!parsed.success) return `Invalid section: ${z.prettifyError(parsed.error)}`;
  const problems = Object.values(parsed.data)
    .flat()
    .flatMap(({ resource, contextualisation = {}, health_check: health = {} }) => [
      ...judge(resource, KEYS[version][String(resource['type'])] ?? { required: ['?'], optional: [] }),
      ...(contextualisation['type'] === 'cloudinit' ? judge(contextualisation, CLOUDINIT) : []),
      ...judge(health, HEALTH_CHECK),
    ]);
  if (problems.length > 0) return `[SchemaCheck] ERROR: ${problems.join('; ')}`;
  const names = Object.keys(parsed.data).map((key) => key.slice('node_def:'.length));
  return `Successfully imported nodes: ${names.join(', ')}`;
}

function withoutProject({ required, optional } = keys('')): Keys {
  return { required: required.filter((key) => key !== 'project_id'), optional: [...optional, 'project_id'] };
}

function judge(given: Readonly<Record<string, unknown>>, { required, optional }: Keys): readonly string[] {
  const missing = required.filter((key) => given[key] === undefined || given[key] === '');
  const unknown = Object.keys(given).filter((key) => ![...required, ...optional].includes(key));
  return [
    ...(missing.length > 0 ? [`Missing key(s): ${missing.join(', ')}`] : []),
    ...(unknown.length > 0 ? [`Unknown key(s): ${unknown.join(', ')}`] : []),
  ];
}
