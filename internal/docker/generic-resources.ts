/**
 * Generic resources (GPUs and the like) as the engine's API shows them, counted by kind. A node may have them by number
 * (`gpu=2`) or by name (`gpu=a`, `gpu=b`); a service reserves a number of either.
 */
import { z } from 'zod';

export const genericResources = z
  .array(
    z.object({
      NamedResourceSpec: z.object({ Kind: z.string() }).nullish(),
      DiscreteResourceSpec: z.object({ Kind: z.string(), Value: z.number().nullish() }).nullish(),
    }),
  )
  .nullish()
  .transform((resources): Readonly<Record<string, number>> => {
    const counts = new Map<string, number>();
    for (const { NamedResourceSpec: named, DiscreteResourceSpec: discrete } of resources ?? []) {
      if (named != null) counts.set(named.Kind, (counts.get(named.Kind) ?? 0) + 1);
      if (discrete != null)
        counts.set(discrete.Kind, (counts.get(discrete.Kind) ?? 0) + (discrete.Value ?? 0));
    }
    return Object.fromEntries(counts);
  });
