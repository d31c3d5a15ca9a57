import { z } from 'zod';
import { meetsConstraint, suitsPlatform } from '../../internal/contract/placement.ts';
import type { SwarmNode } from '../../internal/docker/swarm-node.ts';

const schema = z.object({
  TaskTemplate: z.object({
    Placement: z
      .object({
        Constraints: z.array(z.string()).nullish(),
        Platforms: z
          .array(z.object({ OS: z.string().nullish(), Architecture: z.string().nullish() }))
          .nullish(),
      })
      .nullish(),
  }),
});

/** How many nodes may take tasks of the service now, by their state and by its constraints and platforms. */
export function countNodesFor(serviceSpec: unknown, nodes: readonly SwarmNode[]): number {
  const placement = schema.safeParse(serviceSpec).data?.TaskTemplate.Placement;
  const constraints = placement?.Constraints ?? [];
  const platforms = (placement?.Platforms ?? []).map(({ OS, Architecture }) => ({
    os: OS ?? '',
    architecture: Architecture ?? '',
  }));
  return nodes.filter(
    (node) =>
      node.state === 'ready' &&
      node.availability === 'active' &&
      constraints.every((constraint) => meetsConstraint(node, constraint)) &&
      suitsPlatform(node, platforms),
  ).length;
}
