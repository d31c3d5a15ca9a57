/** One stack leads a Swarm. Its mark is a Docker config of a fixed name: the Swarm lets only one be created. */
import { LEADER_CONFIG_NAME } from '../../internal/contract/labels.ts';

export const LEADER_LABEL = {
  stackId: 'micado.stack.id',
  host: 'micado.stack.host',
  folder: 'micado.stack.dir',
  started: 'micado.stack.started',
} as const;

export type Leader = {
  readonly stackId: string;
  readonly host: string;
  readonly folder: string;
  readonly started: string;
};

export const leaderLabels = (leader: Leader): Readonly<Record<string, string>> => ({
  [LEADER_LABEL.stackId]: leader.stackId,
  [LEADER_LABEL.host]: leader.host,
  [LEADER_LABEL.folder]: leader.folder,
  [LEADER_LABEL.started]: leader.started,
});

export function leaderFromLabels(labels: Readonly<Record<string, string>>): Leader {
  const read = (label: string): string => labels[label] ?? 'unknown';
  return {
    stackId: read(LEADER_LABEL.stackId),
    host: read(LEADER_LABEL.host),
    folder: read(LEADER_LABEL.folder),
    started: read(LEADER_LABEL.started),
  };
}

/** Why another stack's mark keeps us out, and how to remove it where that stack is gone for good. */
export function ledByAnother(leader: Leader, dockerCommand: string): string {
  return (
    `this Swarm is led by another stack: on host ${leader.host}, state folder ${leader.folder}, since ${leader.started}; ` +
    `stop it there, or, if it is gone for good, remove its mark: ${dockerCommand} config rm ${LEADER_CONFIG_NAME}`
  );
}
