/** A pool of workers as its provider of machines tells of it. */
export type PoolId = { readonly infraId: string; readonly node: string };

export type ProviderVm = {
  readonly id: string;
  /** Empty while unknown. */
  readonly addresses: readonly string[];
  readonly state: 'booting' | 'ready' | 'stopping' | 'failed' | 'gone';
};

export type PoolReport = {
  /** The provider's own bounds, where it has any. */
  readonly min: number | undefined;
  readonly max: number | undefined;
  /** What it was asked for, queued requests included. */
  readonly target: number;
  readonly vms: readonly ProviderVm[];
};
