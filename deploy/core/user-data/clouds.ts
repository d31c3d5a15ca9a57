/** What each cloud's plug-in of Occopus requires and allows: its credentials, and the description of a VM. */
import { z } from 'zod';
import { credential, flag, httpUrl, mapping, notNegative, positive, text, texts } from './value-kinds.ts';

export const CLOUD_NAMES = ['ec2', 'nova', 'cloudsigma', 'cloudbroker', 'azure', 'custom'] as const;
export type CloudName = (typeof CLOUD_NAMES)[number];

export type CloudSchema = {
  /** `type` of the resource, and of its credentials. Undefined: any that no other cloud has. */
  readonly type: string | undefined;
  readonly auth: z.ZodType;
  /** Of Occopus 1.10. */
  readonly resource: z.ZodType;
  /** Where Occopus 1.5 takes another. */
  readonly resourceOf15?: z.ZodType;
};

const object = <T extends z.ZodRawShape>(shape: T) => z.strictObject(shape, mapping);
const typed = (type: string) => ({ type: z.literal(type, `must be ${type}, as in the other section`) });

const mailAndPassword = (type: string) => object({ ...typed(type), email: credential, password: credential });

const ec2: CloudSchema = {
  type: 'ec2',
  auth: object({ ...typed('ec2'), accesskey: credential, secretkey: credential }),
  resource: object({
    ...typed('ec2'),
    endpoint: httpUrl,
    regionname: text,
    image_id: text,
    instance_type: text,
    key_name: text.optional(),
    security_group_ids: texts.optional(),
    subnet_id: text.optional(),
    tags: z.unknown().optional(),
    name: text.optional(),
  }),
};

const novaAuth = object({
  ...typed('nova'),
  username: credential.optional(),
  password: credential.optional(),
  id: credential.optional(),
  secret: credential.optional(),
}).refine(
  ({ username, password, id, secret }) =>
    [username, password].every(isGiven) !== [id, secret].every(isGiven) &&
    [username, password, id, secret].filter(isGiven).length === 2,
  'needs username and password, or id and secret of an application credential',
);

const novaResource = object({
  ...typed('nova'),
  endpoint: httpUrl,
  image_id: text,
  flavor_name: text,
  project_id: text,
  server_name: text.optional(),
  key_name: text.optional(),
  security_groups: texts.optional(),
  floating_ip: z.unknown().optional(),
  floating_ip_pool: text.optional(),
  name: text.optional(),
  tenant_name: text.optional(),
  user_domain_name: text.optional(),
  network_id: text.optional(),
  region_name: text.optional(),
  volume_size: notNegative.optional(),
  volume_persist: flag.optional(),
});

const nova: CloudSchema = {
  type: 'nova',
  auth: novaAuth,
  resource: novaResource,
  resourceOf15: novaResource.partial({ project_id: true }),
};

const cloudsigma: CloudSchema = {
  type: 'cloudsigma',
  auth: mailAndPassword('cloudsigma'),
  resource: object({
    ...typed('cloudsigma'),
    endpoint: httpUrl,
    libdrive_id: text,
    // The rest is CloudSigma's own description of a server.
    description: z.looseObject({ cpu: positive, mem: positive, vnc_password: credential }, mapping),
    name: text.optional(),
  }),
};

const cloudbroker: CloudSchema = {
  type: 'cloudbroker',
  auth: mailAndPassword('cloudbroker'),
  resource: object({
    ...typed('cloudbroker'),
    endpoint: httpUrl,
    description: z.looseObject({ deployment_id: text, instance_type_id: text }, mapping),
    name: text.optional(),
    start_in_vpc: z.unknown().optional(),
  }),
};

const azure: CloudSchema = {
  type: 'azure_vm',
  auth: object({
    ...typed('azure_vm'),
    tenant_id: credential,
    client_id: credential,
    client_secret: credential,
    subscription_id: credential,
  }),
  resource: object({
    ...typed('azure_vm'),
    endpoint: httpUrl,
    resource_group: text,
    location: text,
    vm_size: text,
    publisher: text,
    offer: text,
    sku: text,
    version: text,
    username: text,
    password: credential.optional(),
    ssh_key_data: text.optional(),
    public_ip_needed: z.unknown().optional(),
    vnet_name: text.optional(),
    subnet_name: text.optional(),
    server_name: text.optional(),
  }).refine(
    ({ password, ssh_key_data }) => isGiven(password) || isGiven(ssh_key_data),
    'needs ssh_key_data or password',
  ),
};

const custom: CloudSchema = {
  type: undefined,
  auth: z.looseObject({ type: text }, mapping).catchall(credential).optional(),
  resource: z.looseObject({ type: text }, mapping),
};

export const CLOUDS: Readonly<Record<CloudName, CloudSchema>> = {
  ec2,
  nova,
  cloudsigma,
  cloudbroker,
  azure,
  custom,
};

function isGiven(value: unknown): boolean {
  return value !== undefined;
}
