/** The state of a scale-down, kept on the node itself: whoever reads it can go on with it or undo it. */
import { STATE_NODE_LABEL } from '../../../internal/contract/labels.ts';
import type { WorkerNode } from './swarm-view.ts';

export const DRAIN_PHASES = ['paused', 'moving', 'draining', 'removing'] as const;
export type DrainPhase = (typeof DRAIN_PHASES)[number];

export type DrainMark = {
  readonly phase: DrainPhase;
  readonly startedAtMs: number;
  readonly infraId: string;
  readonly vmId: string;
};

export type Drain = { readonly node: WorkerNode; readonly mark: DrainMark };

export function formatDrainMark({ phase, startedAtMs, infraId, vmId }: DrainMark): string {
  return [phase, new Date(startedAtMs).toISOString(), infraId, vmId].join(';');
}

/** Undefined without a mark. A mark that cannot be read is as good as one whose deadline has passed: it is undone. */
export function readDrainMark(labels: WorkerNode['labels']): DrainMark | undefined {
  const text = labels[STATE_NODE_LABEL.drain];
  if (text === undefined) return undefined;
  const [phaseText, startText = '', infraId = '', ...vmParts] = text.split(';');
  const phase = DRAIN_PHASES.find((one) => one === phaseText);
  const startedAtMs = Date.parse(startText);
  const vmId = vmParts.join(';');
  return phase === undefined || Number.isNaN(startedAtMs) || vmId === ''
    ? { phase: 'paused', startedAtMs: 0, infraId, vmId }
    : { phase, startedAtMs, infraId, vmId };
}

/** Furthest first, so that of two drains, which only a person can make, the one nearer its end goes on. */
export function findDrains(nodes: readonly WorkerNode[], infraId: string): readonly Drain[] {
  return nodes
    .flatMap((node) => {
      const mark = readDrainMark(node.labels);
      return mark === undefined || (mark.infraId !== '' && mark.infraId !== infraId) ? [] : [{ node, mark }];
    })
    .toSorted(
      (a, b) =>
        DRAIN_PHASES.indexOf(b.mark.phase) - DRAIN_PHASES.indexOf(a.mark.phase) ||
        (a.node.id < b.node.id ? -1 : 1),
    );
}
