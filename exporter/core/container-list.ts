/** What the engine lists, in one call: containers that run get figures of their own, of others one series says their state. */
import { SWARM_CONTAINER_LABEL } from '../../internal/contract/labels.ts';
import { nameWithoutSlash, type StoppedContainer } from './container-info.ts';
import { listAt, textAt, textsAt } from './json-at.ts';

export type ListedContainer = { readonly id: string; readonly name: string };

export type ContainerList = {
  readonly running: readonly ListedContainer[];
  readonly stopped: readonly StoppedContainer[];
};

const RUNNING_STATES = ['running', 'paused'];

/** An answer to `GET /containers/json?all=true`. A name with a second slash is an old-style link. */
export function parseContainerList(list: readonly unknown[]): ContainerList {
  const all = list.flatMap((one): StoppedContainer[] => {
    const id = textAt(one, 'Id');
    const names = listAt(one, 'Names').map((name) => nameWithoutSlash(String(name)));
    const name = names.find((candidate) => !candidate.includes('/')) ?? '';
    const [image, labels, state] = [textAt(one, 'Image'), textsAt(one, 'Labels'), textAt(one, 'State')];
    return id === '' ? [] : [{ id, name, image, labels, state }];
  });
  return {
    running: all.filter(({ state }) => RUNNING_STATES.includes(state)).map(({ id, name }) => ({ id, name })),
    stopped: all.filter((one) => !RUNNING_STATES.includes(one.state) && isShownStopped(one)),
  };
}

/** The stopped containers of a Swarm service are its history, of which Swarm keeps as much as it likes. */
export const isShownStopped = ({ labels }: StoppedContainer): boolean =>
  labels[SWARM_CONTAINER_LABEL.taskId] === undefined;
