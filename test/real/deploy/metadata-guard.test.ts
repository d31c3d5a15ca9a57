/** The rule that keeps containers from the cloud's metadata, in a network of three: container, VM, metadata service. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { run, runAnyway } from '../../cluster/command.ts';
import { ROOT } from '../../house/source-files.ts';

const ID = `mg${process.pid}`;
const METADATA = '169.254.169.254';
const spaces = { container: `${ID}c`, vm: `${ID}v`, service: `${ID}s` } as const;
type Space = keyof typeof spaces;

const inSpace = (space: Space, ...words: readonly string[]): Promise<string> =>
  run('nsenter', [`--net=/run/netns/${spaces[space]}`, ...words]);
const sh = (space: Space, script: string): Promise<string> => inSpace(space, 'sh', '-c', script);

/** Whether a packet comes back. */
const reaches = (space: Space, address: string): Promise<boolean> =>
  inSpace(space, join(ROOT, '.test-cache/bin/busybox'), 'ping', '-c', '1', '-W', '1', address).then(
    () => true,
    () => false,
  );

/** A cable between the VM and one of the others. */
async function plug(other: Space, there: string, here: string): Promise<void> {
  await run('ip', [
    'link',
    'add',
    `${ID}${other[0]}0`,
    'netns',
    spaces.vm,
    'type',
    'veth',
    'peer',
    'name',
    'eth0',
    'netns',
    spaces[other],
  ]);
  await sh('vm', `ip addr add ${here} dev ${ID}${other[0]}0 && ip link set ${ID}${other[0]}0 up`);
  await sh(other, `ip addr add ${there} dev eth0 && ip link set eth0 up && ip link set lo up`);
}

beforeAll(async () => {
  for (const space of Object.values(spaces)) await run('ip', ['netns', 'add', space]);
  await plug('container', '172.17.0.2/16', '172.17.0.1/16');
  await plug('service', `${METADATA}/16`, '169.254.1.1/16');
  await sh('vm', 'echo 1 > /proc/sys/net/ipv4/ip_forward');
  await sh('container', 'ip route add default via 172.17.0.1');
  await sh('service', 'ip route add default via 169.254.1.1');
});
afterAll(async () => {
  for (const space of Object.values(spaces)) await runAnyway('ip', ['netns', 'del', space]);
});

/** What systemd runs for the unit. */
async function startGuard(): Promise<void> {
  const unit = await readFile(join(ROOT, 'templates/cloud/micado-metadata-guard.service'), 'utf8');
  const commands = [...unit.matchAll(/^ExecStart=(-?)\/bin\/sh -c '(.+)'$/gm)];
  expect(commands.map(([, mayFail]) => mayFail)).toEqual(['', '-']);
  for (const [, mayFail, script = ''] of commands)
    await sh('vm', script).catch((error: unknown) => {
      if (mayFail === '') throw error;
    });
}

describe('the metadata guard', () => {
  test('lets the VM reach the metadata and keeps its containers from it, however often it is started', async () => {
    expect(await reaches('container', METADATA)).toBe(true);
    await startGuard();
    await startGuard();
    expect(await reaches('container', METADATA)).toBe(false);
    expect(await reaches('vm', METADATA)).toBe(true);
    expect(await reaches('container', '169.254.1.1')).toBe(true);
    const rules = await sh('vm', 'iptables -w -t raw -S PREROUTING');
    expect(rules.match(/-j DROP/g)).toHaveLength(1);
  });
});
