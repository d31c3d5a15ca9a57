/** How a plug-in of Occopus 1.10 finds its credentials: by the keys beside `auth_data`, which have to match those of the resource. */
import { load } from 'js-yaml';
import { z } from 'zod';

const words = (text: string): readonly string[] => text.split(' ');

/** By type of the resource: each way to log in, with its keys in the order of the alphabet. */
const WAYS: Readonly<Record<string, readonly (readonly string[])[]>> = {
  ec2: [words('accesskey secretkey')],
  nova: [words('password username'), words('id secret type')],
  cloudsigma: [words('email password')],
  cloudbroker: [words('email password')],
  azure_vm: [words('client_id client_secret subscription_id tenant_id')],
};

const schema = z.strictObject({
  resource: z.array(z.looseObject({ auth_data: z.record(z.string(), z.unknown()) })),
});

type Mapping = Readonly<Record<string, unknown>>;

/** What Occopus, or its plug-in, says against the file when it wants to start a VM of this resource. Empty: nothing. */
export function judgeAuthData(text: string, resource: Mapping): string {
  const parsed = schema.safeParse(load(text));
  if (!parsed.success) return z.prettifyError(parsed.error);
  const matching = parsed.data.resource.filter((entry) =>
    Object.entries(entry).every(([key, value]) => key === 'auth_data' || resource[key] === value),
  );
  const type = String(resource['type']);
  const [found, ...others] = matching;
  if (found === undefined) return `Cannot find credentials for ${type}`;
  if (others.length > 0) return 'Cannot determine authorization information';
  return judgeKeys(type, found.auth_data);
}

function judgeKeys(type: string, credentials: Mapping): string {
  const given = Object.keys(credentials).toSorted();
  const way = WAYS[type]?.find((keys) => keys.join() === given.join());
  if (way === undefined) return `Cannot log in to ${type} by ${given.join(', ')}`;
  const unusable = way.filter((key) => typeof credentials[key] !== 'string' || credentials[key] === '');
  if (unusable.length > 0) return `No text: ${unusable.join(', ')}`;
  const isKnownType = (credentials['type'] ?? 'application_credential') === 'application_credential';
  return isKnownType ? '' : `Unknown type of credentials: ${String(credentials['type'])}`;
}
