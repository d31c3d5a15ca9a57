/**
 * What is left out of a scrape that would have more series than it may. First whole collectors, the last of the list first,
 * so that all containers keep what decides about scaling; only then containers, the last of their list first. The result
 * depends on the counts and orders alone, so that nothing flickers from scrape to scrape.
 */
export type SeriesPlan = {
  /** How many of the collectors are shown, counted from the first. */
  readonly collectors: number;
  /** How many of the containers are shown, counted from the first. */
  readonly containers: number;
  readonly leftOutContainers: number;
  /** Series that are shown, and that are not. */
  readonly shown: number;
  readonly leftOut: number;
};

export type SeriesPlanInput = {
  /** For each container, in the order of importance, how many series each collector has of it. */
  readonly counts: readonly ArrayLike<number>[];
  readonly collectors: number;
  /** The first of the collectors, without which a container is no use. */
  readonly essential: number;
  readonly limit: number;
};

export function planSeries({ counts, collectors, essential, limit }: SeriesPlanInput): SeriesPlan {
  const totals = Array.from({ length: collectors }, (_, index) =>
    counts.reduce((sum, own) => sum + (own[index] ?? 0), 0),
  );
  const total = sumOf(totals, collectors);
  let kept = collectors;
  while (kept > essential && sumOf(totals, kept) > limit) kept -= 1;
  let containers = 0;
  let shown = 0;
  for (const own of counts) {
    const more = sumOf(own, kept);
    if (shown + more > limit) break;
    shown += more;
    containers += 1;
  }
  const leftOutContainers = counts.length - containers;
  return { collectors: kept, containers, leftOutContainers, shown, leftOut: total - shown };
}

function sumOf(values: ArrayLike<number>, count: number): number {
  let sum = 0;
  for (let index = 0; index < count; index += 1) sum += values[index] ?? 0;
  return sum;
}
