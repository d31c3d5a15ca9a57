/**
 * The labels of a container's series, as cAdvisor names them: `id`, `image`, `name`, and Docker's labels as
 * `container_label_…`. Those of Swarm and of the stack always, others only by choice: each costs bytes in every line.
 * The result depends on the container alone, so that a series never changes its name between two scrapes.
 */
import { SWARM_CONTAINER_LABEL } from '../../internal/contract/labels.ts';
import type { ContainerInfo } from './container-info.ts';
import { type LabelText, renderLabels } from './exposition.ts';

export type ContainerLabels = {
  readonly text: LabelText;
  /** Docker labels left out because another one has the same name after the change of characters. */
  readonly collisions: number;
};

export type NamePattern = (name: string) => boolean;

/** Exact names, or patterns in which `*` stands for any characters. */
export function compileNamePatterns(patterns: readonly string[]): NamePattern {
  const expressions = patterns.map((pattern) => {
    const parts = pattern.split('*').map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'));
    return new RegExp(`^${parts.join('.*')}$`, 's');
  });
  return (name) => expressions.some((expression) => expression.test(name));
}

const ALWAYS: readonly string[] = Object.values(SWARM_CONTAINER_LABEL);

/** @param cgroupPath the series label `id`, such as `/docker/<64 digits>`. */
export function containerLabels(
  { name, image, labels }: ContainerInfo,
  cgroupPath: string,
  include: NamePattern,
): ContainerLabels {
  const chosen = Object.keys(labels)
    .filter((key) => !ALWAYS.includes(key) && include(key))
    .sort();
  const series = new Map<string, string>();
  let collisions = 0;
  for (const key of [...ALWAYS, ...chosen]) {
    const value = labels[key] ?? '';
    const seriesLabel = `container_label_${key.replace(/[^a-zA-Z0-9_]/g, '_')}`;
    if (value === '') continue;
    if (series.has(seriesLabel)) collisions += 1;
    else series.set(seriesLabel, value);
  }
  const sorted = [...series].sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    text: renderLabels([...sorted, ['id', cgroupPath], ['image', image], ['name', name]]),
    collisions,
  };
}
