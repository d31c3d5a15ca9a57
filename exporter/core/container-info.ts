/** What the engine says of a container, cut down to what its series need. */
import { jsonAt, listAt, numberAt, textAt, textsAt } from './json-at.ts';

export type ContainerInfo = {
  readonly id: string;
  readonly name: string;
  readonly image: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Its first process, as the engine sees it. */
  readonly pid: number;
  readonly createdSeconds: number;
  readonly startedSeconds: number;
  /** `--cgroup-parent`, or empty. */
  readonly cgroupParent: string;
  /** `host`, `none`, `default`, a network's name … */
  readonly networkMode: string;
};

/** An answer to `GET /containers/<id>/json`; undefined unless the container runs. */
export function parseContainerInfo(json: unknown): ContainerInfo | undefined {
  const id = textAt(json, 'Id');
  const pid = numberAt(json, 'State', 'Pid');
  if (id === '' || jsonAt(json, 'State', 'Running') !== true || !(pid > 0)) return undefined;
  return {
    id,
    pid,
    name: textAt(json, 'Name').replace(/^\//, ''),
    image: textAt(json, 'Config', 'Image'),
    labels: textsAt(json, 'Config', 'Labels'),
    createdSeconds: seconds(textAt(json, 'Created')),
    startedSeconds: seconds(textAt(json, 'State', 'StartedAt')),
    cgroupParent: textAt(json, 'HostConfig', 'CgroupParent'),
    networkMode: textAt(json, 'HostConfig', 'NetworkMode'),
  };
}

export type ListedContainer = { readonly id: string; readonly name: string };

/** An answer to `GET /containers/json`: the running containers. A name with a second slash is an old-style link. */
export function parseContainerList(list: readonly unknown[]): readonly ListedContainer[] {
  return list.flatMap((one) => {
    const id = textAt(one, 'Id');
    const names = listAt(one, 'Names').map((name) => String(name).replace(/^\//, ''));
    return id === '' ? [] : [{ id, name: names.find((name) => !name.includes('/')) ?? '' }];
  });
}

const seconds = (time: string): number => Date.parse(time) / 1000;
