/** One effect on a pool, as data: absolute, so that carrying it out twice changes nothing more. */
import type { DrainMark } from './drain-mark.ts';

export type PoolStep =
  /** Availability and mark change in one update; without a mark it is taken off. */
  | {
      readonly kind: 'mark_node';
      readonly nodeId: string;
      readonly availability: 'active' | 'pause' | 'drain';
      readonly mark: DrainMark | undefined;
    }
  /** Replicas and the label of the node that is emptied change in one update; without a node it is taken off. */
  | {
      readonly kind: 'set_replicas';
      readonly serviceId: string;
      readonly replicas: number;
      readonly movingFrom: string | undefined;
    }
  | { readonly kind: 'remove_vm'; readonly vmId: string }
  | { readonly kind: 'remove_node'; readonly nodeId: string }
  | { readonly kind: 'revive_provider' };
