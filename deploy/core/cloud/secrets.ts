/** References to secrets in user data, and the data with the secrets in their place. */
import type { Path } from '../user-data/read-document.ts';
import type { Mapping, UserData } from '../user-data/user-data.ts';
import { type SecretReference, secretReference } from '../user-data/value-kinds.ts';

export type PlacedReference = { readonly path: Path; readonly reference: SecretReference };

export const secretReferences = ({
  auth,
  resource,
}: Pick<UserData, 'auth' | 'resource'>): readonly PlacedReference[] => [
  ...referencesIn(auth, ['auth_data']),
  ...referencesIn(resource, ['resource']),
];

/** What a reference stands for. */
export type SecretLookup = (reference: SecretReference) => string;

export const withSecrets = (data: UserData, lookup: SecretLookup): UserData => ({
  ...data,
  auth: replaceIn(data.auth, lookup) as Mapping,
  resource: replaceIn(data.resource, lookup) as Mapping,
});

function referencesIn(value: unknown, path: Path): readonly PlacedReference[] {
  const reference = secretReference(value);
  if (reference !== undefined) return [{ path, reference }];
  if (Array.isArray(value)) return value.flatMap((item, index) => referencesIn(item, [...path, index]));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) => referencesIn(item, [...path, key]));
}

function replaceIn(value: unknown, lookup: SecretLookup): unknown {
  const reference = secretReference(value);
  if (reference !== undefined) return lookup(reference);
  if (Array.isArray(value)) return value.map((item) => replaceIn(item, lookup));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, replaceIn(item, lookup)]));
}
