/** What can be read of user data that may be wrong in other places. */
import type { CloudName } from './clouds.ts';
import { DEFAULT_OCCOPUS_IMAGE, type Mapping } from './user-data.ts';
import { reachableAddress } from './value-kinds.ts';

export type Sketch = {
  /** Undefined where it is none that is known. */
  readonly cloud: CloudName | undefined;
  /** As written; empty where it is no mapping. */
  readonly auth: Mapping;
  readonly resource: Mapping;
  readonly maxWorkers: number | undefined;
  readonly masterAddress: string | undefined;
  readonly occopusImage: string;
};

export function sketchOf(cloud: CloudName | undefined, root: Mapping): Sketch {
  const { max } = mappingAt(root, 'scaling');
  const { image } = mappingAt(root, 'occopus');
  return {
    cloud,
    auth: mappingAt(root, 'auth_data'),
    resource: mappingAt(root, 'resource'),
    maxWorkers: typeof max === 'number' ? max : undefined,
    masterAddress: reachableAddress.safeParse(mappingAt(root, 'master')['address']).data,
    occopusImage: typeof image === 'string' ? image : DEFAULT_OCCOPUS_IMAGE,
  };
}

export const isMapping = (value: unknown): value is Mapping =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Empty where there is none. */
export function mappingAt(parent: Mapping, key: string): Mapping {
  const value = parent[key];
  return isMapping(value) ? value : {};
}
