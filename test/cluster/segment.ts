/**
 * A segment: a /24 of our own and the bridge that holds it. It is claimed by making a folder (one process can), which
 * also keeps all files of its engines; the folder names its owner, so that the next run sweeps what a dead one left.
 */
import { randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { removeCgroups } from './cgroups.ts';
import { run, runAnyway } from './command.ts';
import { bridgeName, engineId, FIRST_SEGMENT, LAST_SEGMENT, segmentAddress } from './engine-name.ts';
import { identifyProcess, isRunning, killEngineProcesses, type ProcessIdentity } from './processes.ts';

export type Segment = {
  readonly number: number;
  readonly folder: string;
  /** The bridge's address on this machine: what containers on the engine's network reach us by. */
  readonly hostAddress: string;
  /** Content of the owner's file: tells our claim from a later one of the same number. */
  readonly owner: string;
};

const BASE = join(tmpdir(), 'micado-cluster');
const OWNER_FILE = 'owner.json';
/** A claim without an owner is one whose process died between two system calls, unless it is this young. */
const CLAIM_GRACE_MS = 10_000;

export async function claimSegment(): Promise<Segment> {
  await sweep();
  const owner = await newOwner();
  for (let number = FIRST_SEGMENT; number <= LAST_SEGMENT; number += 1) {
    const folder = join(BASE, String(number));
    const claimed = await mkdir(folder).then(
      () => true,
      () => false,
    );
    if (!claimed) continue;
    await writeFile(join(folder, OWNER_FILE), owner);
    try {
      await run('ip', ['link', 'add', bridgeName(number), 'type', 'bridge']);
    } catch {
      // Another tree of folders (a container with a /tmp of its own) has it.
      await rm(folder, { recursive: true });
      continue;
    }
    await openBridge(number);
    return { number, folder, hostAddress: segmentAddress(number, 1), owner };
  }
  throw new Error(`no segment from ${FIRST_SEGMENT} to ${LAST_SEGMENT} is free in ${BASE}`);
}

async function openBridge(number: number): Promise<void> {
  const bridge = bridgeName(number);
  await run('ip', ['addr', 'add', `${segmentAddress(number, 1)}/24`, 'dev', bridge]);
  await run('ip', ['link', 'set', bridge, 'up']);
  // A Docker engine on this machine drops what is forwarded, which may include what a bridge passes on.
  await run('iptables', ['-w', '5', '-I', 'FORWARD', ...acceptRule(bridge)]);
}

const acceptRule = (bridge: string): readonly string[] => ['-i', bridge, '-o', bridge, '-j', 'ACCEPT'];

/** Removes the segment with all that its engines have, unless that has been done: then it may be another's by now. */
export async function releaseSegment({ number, folder, owner }: Segment): Promise<void> {
  if ((await readOwner(folder)) === owner) await removeSegment(number, folder);
}

async function removeSegment(number: number, folder: string): Promise<void> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  for (const entry of entries) if (entry.isDirectory()) await removeEngine(number, folder, entry.name);
  const bridge = bridgeName(number);
  await runAnyway('iptables', ['-w', '5', '-D', 'FORWARD', ...acceptRule(bridge)]);
  await runAnyway('ip', ['link', 'del', bridge]);
  await rm(folder, { recursive: true, force: true });
}

export async function removeEngine(segment: number, folder: string, name: string): Promise<void> {
  const id = engineId(segment, name);
  await unplugEngine(id);
  await removeCgroups(id);
  await rm(join(folder, name), { recursive: true, force: true, maxRetries: 5 });
}

/** Ends all that runs there, and its network with it; its files stay. */
export async function unplugEngine(id: string): Promise<void> {
  await killEngineProcesses(id);
  await runAnyway('ip', ['link', 'del', id]);
  await runAnyway('ip', ['netns', 'del', id]);
}

/** Removes the segments of processes that ended without releasing them. */
export async function sweep(): Promise<void> {
  await mkdir(BASE, { recursive: true });
  for (const name of await readdir(BASE)) {
    const folder = join(BASE, name);
    if (/^\d+$/.test(name) && (await takeOver(folder))) await removeSegment(Number(name), folder);
  }
}

/**
 * Whether the segment was abandoned and is now ours to remove. Only one of several sweepers may do so: the next claim of
 * the same number could be there while another still removes.
 */
async function takeOver(folder: string): Promise<boolean> {
  const owner = await readOwner(folder);
  if (owner === '') return (await isOldClaim(folder)) && (await sign(folder));
  if (await isRunning(JSON.parse(owner) as ProcessIdentity)) return false;
  const ownerFile = join(folder, OWNER_FILE);
  const aside = join(folder, randomUUID());
  const moved = await rename(ownerFile, aside).then(
    () => true,
    () => false,
  );
  if (!moved) return false;
  if ((await readFile(aside, 'utf8')) === owner) return await sign(folder);
  await rename(aside, ownerFile);
  return false;
}

/** Names this process as the owner; false where there is one. */
async function sign(folder: string): Promise<boolean> {
  return await writeFile(join(folder, OWNER_FILE), await newOwner(), { flag: 'wx' }).then(
    () => true,
    () => false,
  );
}

const newOwner = async (): Promise<string> =>
  JSON.stringify({ ...(await identifyProcess(process.pid)), claim: randomUUID() });

const readOwner = (folder: string): Promise<string> =>
  readFile(join(folder, OWNER_FILE), 'utf8').catch(() => '');

async function isOldClaim(folder: string): Promise<boolean> {
  const claimedAtMs = await stat(folder).then(
    ({ mtimeMs }) => mtimeMs,
    () => Number.POSITIVE_INFINITY,
  );
  return Date.now() - claimedAtMs > CLAIM_GRACE_MS;
}
