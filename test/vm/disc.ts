/** Read-only discs for guests: the seed that cloud-init looks for, and files that a guest cannot fetch. */
import { copyFile, mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { run } from '../cluster/command.ts';

/** What a guest is told of itself at its first start. */
export type Seed = {
  readonly name: string;
  readonly macAddress: string;
  /** With the length of its network: `10.77.1.100/24`. */
  readonly address: string;
  readonly userData: string;
  /** What the cloud itself sets up, before the user data. */
  readonly vendorData?: string;
  /** Single addresses, and by whom they are reached. */
  readonly routes?: readonly Route[];
};

export type Route = { readonly to: string; readonly via: string };

/** By its label, cloud-init takes it for the data of the cloud "NoCloud". */
export async function writeSeed(disc: string, seed: Seed): Promise<void> {
  const { name, macAddress, address, userData, vendorData = '', routes = [] } = seed;
  const eth0 = {
    match: { macaddress: macAddress },
    'set-name': 'eth0',
    addresses: [address],
    routes: routes.map(({ to, via }) => ({ to: `${to}/32`, via })),
  };
  await writeDisc(disc, 'cidata', {
    'user-data': { text: userData },
    'vendor-data': { text: vendorData },
    'meta-data': { text: JSON.stringify({ 'instance-id': name, 'local-hostname': name }) },
    'network-config': { text: JSON.stringify({ version: 2, ethernets: { eth0 } }) },
  });
}

/** A text, or the path of a file of this machine. */
export type DiscFile = { readonly text: string } | { readonly copyOf: string };

/** A disc with these files, of mode 0755, by their paths on it. */
export async function writeDisc(
  disc: string,
  label: string,
  files: Readonly<Record<string, DiscFile>>,
): Promise<void> {
  const content = `${disc}.content`;
  for (const [path, file] of Object.entries(files)) {
    const target = join(content, path);
    await mkdir(dirname(target), { recursive: true });
    if ('text' in file) await writeFile(target, file.text);
    else await copyFile(file.copyOf, target);
  }
  const names = ['-rational-rock', '-file-mode', '0755'];
  await run('genisoimage', ['-quiet', '-volid', label, ...names, '-output', disc, content]);
  await rm(content, { recursive: true });
}
