/** The shape of user data. The sections of the cloud come from its own table; the rest is the same for all. */
import { z } from 'zod';
import { CLOUD_NAMES, CLOUDS, type CloudName, type CloudSchema } from './clouds.ts';
import {
  DEFAULT_OCCOPUS_IMAGE,
  DEFAULT_USER_ID,
  isOccopus15,
  type Mapping,
  type UserData,
} from './user-data.ts';
import { integerFrom, mapping, positive, reachableAddress, text } from './value-kinds.ts';

const scaling = z
  .strictObject(
    { min: integerFrom(1, 'must be 1 or more: Occopus keeps at least one VM'), max: positive },
    mapping,
  )
  .refine(({ min, max }) => min <= max || max < 1, { message: 'must not be below min', path: ['max'] });

const release = z.strictObject(
  {
    url: text.refine((url) => url.startsWith('https://') && URL.canParse(url), 'must be an https URL'),
    sha256: text.regex(/^[0-9a-f]{64}$/, 'must be the 64 hexadecimal digits that sha256sum prints'),
  },
  mapping,
);

const anything = z.unknown().optional();

/** @param cloud undefined where it is not known: the rest is judged all the same */
export function userDataSchema(cloud: CloudName | undefined, occopusImage: string) {
  const { auth, resource } = sectionsOf(cloud, occopusImage);
  return z.strictObject(
    {
      cloud:
        cloud === undefined
          ? anything
          : z
              .literal(cloud, `must be ${cloud}, as resource.type says; one of ${CLOUD_NAMES.join(', ')}`)
              .optional(),
      user_id: text.optional(),
      auth_data: auth,
      resource,
      scaling,
      master: z.strictObject({ address: reachableAddress.optional() }, mapping).optional(),
      release: release.optional(),
      occopus: z.strictObject({ image: text.optional() }, mapping).optional(),
    },
    mapping,
  );
}

function sectionsOf(
  cloud: CloudName | undefined,
  occopusImage: string,
): Pick<CloudSchema, 'auth' | 'resource'> {
  if (cloud === undefined) return { auth: anything, resource: anything };
  const { auth, resource, resourceOf15 = resource } = CLOUDS[cloud];
  return { auth, resource: isOccopus15(occopusImage) ? resourceOf15 : resource };
}

export type ParsedUserData = z.infer<ReturnType<typeof userDataSchema>>;

export function toUserData(cloud: CloudName, parsed: ParsedUserData): UserData {
  return {
    cloud,
    userId: parsed.user_id ?? DEFAULT_USER_ID,
    auth: (parsed.auth_data ?? {}) as Mapping,
    resource: parsed.resource as Mapping,
    scaling: parsed.scaling,
    masterAddress: parsed.master?.address,
    release: parsed.release,
    occopusImage: parsed.occopus?.image ?? DEFAULT_OCCOPUS_IMAGE,
  };
}

/** All keys of one place of the schema, to find the nearest of them. Empty where any key goes. */
export function keysAt(schema: z.ZodType, path: readonly PropertyKey[]): readonly string[] {
  let here: unknown = schema;
  for (const step of path) here = shapeOf(here)[String(step)];
  return Object.keys(shapeOf(here));
}

function shapeOf(schema: unknown): Readonly<Record<string, unknown>> {
  let inner = schema;
  while (inner instanceof z.ZodOptional) inner = inner.unwrap();
  return inner instanceof z.ZodObject ? inner.shape : {};
}
