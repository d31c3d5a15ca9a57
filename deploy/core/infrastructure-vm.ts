import type { OccopusReport } from '../../internal/contract/occopus.ts';

export type InfrastructureVm = {
  readonly id: string;
  /** The node of the descriptor, which is the pool's name. */
  readonly node: string;
  readonly addresses: readonly string[];
};

/** Those of all nodes. */
export function listVms(report: OccopusReport): readonly InfrastructureVm[] {
  return [...report].flatMap(([node, { instances }]) =>
    instances.map(({ id, addresses }) => ({ id, node, addresses })),
  );
}
