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

export type LabelChoice = {
  /** Which of Docker's labels; of the pseudo label `restartcount` too. */
  readonly label: NamePattern;
  /** Which environment variables, as `container_env_…`. */
  readonly environment: NamePattern;
};

/** What a name has to be known of a container. */
type Named = Pick<ContainerInfo, 'name' | 'image' | 'labels'> &
  Partial<Pick<ContainerInfo, 'environment' | 'restartCount'>>;

/** @param cgroupPath the series label `id`, such as `/docker/<64 digits>`; empty for a container that does not run */
export function containerLabels(container: Named, cgroupPath: string, choice: LabelChoice): ContainerLabels {
  const { name, image, environment = {}, restartCount = 0 } = container;
  // As cAdvisor has it: only where there was a restart.
  const labels: Readonly<Record<string, string>> = {
    ...(restartCount > 0 ? { restartcount: String(restartCount) } : {}),
    ...container.labels,
  };
  const chosen = chosenKeys(labels, choice.label).filter((key) => !ALWAYS.includes(key));
  const series = new Map<string, string>();
  let collisions = 0;
  const add = (prefix: string, key: string, value: string): void => {
    const seriesLabel = `${prefix}${key.replace(/[^a-zA-Z0-9_]/g, '_')}`;
    if (value === '') return;
    if (series.has(seriesLabel)) collisions += 1;
    else series.set(seriesLabel, value);
  };
  for (const key of [...ALWAYS, ...chosen]) add('container_label_', key, labels[key] ?? '');
  for (const key of chosenKeys(environment, choice.environment))
    add('container_env_', key, environment[key] ?? '');
  const sorted = [...series].sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    text: renderLabels([...sorted, ['id', cgroupPath], ['image', image], ['name', name]]),
    collisions,
  };
}

const chosenKeys = (values: Readonly<Record<string, string>>, include: NamePattern): readonly string[] =>
  Object.keys(values).filter(include).sort();
