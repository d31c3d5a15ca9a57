/** The network namespace of an engine or of a virtual machine, plugged into the bridge of its segment. */
import { run } from './command.ts';
import { bridgeName } from './engine-name.ts';

export const namespaceFile = (id: string): string => `/run/netns/${id}`;

/** A namespace with one link, `eth0`, onto the bridge, and no route beyond the segment: nothing gets out. */
export async function plugIn(segment: number, id: string): Promise<void> {
  await run('ip', ['netns', 'add', id]);
  await run('ip', ['link', 'add', id, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', id]);
  await run('ip', ['link', 'set', id, 'master', bridgeName(segment), 'up']);
  await run('ip', ['-n', id, 'link', 'set', 'eth0', 'up']);
  await run('ip', ['-n', id, 'link', 'set', 'lo', 'up']);
}
