/** User data: what one file says about the cloud, the VMs and how many of them there may be. */
import type { CloudName } from './clouds.ts';

export type Mapping = Readonly<Record<string, unknown>>;

export type UserData = {
  readonly cloud: CloudName;
  /** To whom Occopus books the infrastructure. */
  readonly userId: string;
  /** As written: references to secrets are still references. Empty where the cloud asks for no credentials. */
  readonly auth: Mapping;
  readonly resource: Mapping;
  readonly scaling: { readonly min: number; readonly max: number };
  /** Undefined: the master's own address on its default route. */
  readonly masterAddress: string | undefined;
  /** The archive with the stack's images. Undefined: the VMs' image holds them. */
  readonly release: { readonly url: string; readonly sha256: string } | undefined;
  readonly occopusImage: string;
};

/** What MiCADO 0.3 ran. */
export const DEFAULT_OCCOPUS_IMAGE = 'micado/occopus:1.5';
/** By its tag: of an image that has none, or only a digest, it is not known. */
export const isOccopus15 = (image: string): boolean => /:1\.5(\.\d+)?(@|$)/.test(image);

export const DEFAULT_USER_ID = 'micado';
