/** A `#cloud-config` as data: what every VM of ours gets, and its text. */
import { quoteForShell } from '../plan-policy.ts';
import type { CloudScriptName, CloudScripts } from './cloud-scripts.ts';
import { dumpYaml } from './dump-yaml.ts';

export type VmFile = {
  readonly path: string;
  readonly permissions: string;
  readonly content: string;
  readonly encoding?: 'gz+b64';
};

/** Gzip in base64. */
export type PackText = (text: string) => string;

export type VmSetup = {
  readonly packages: readonly string[];
  readonly files: readonly VmFile[];
  /** Systemd units, in the order in which they are started. The last ones may take their time, so nothing waits for them. */
  readonly units: readonly string[];
};

export const GUARD_UNIT = 'micado-metadata-guard.service';
/** A file that is longer is packed where that is wanted: a cloud's user data may be 16 KiB. */
const PLAIN_LENGTH = 1_024;
const COMMON_PACKAGES = ['docker.io', 'iptables', 'curl', 'unattended-upgrades'];

export function renderCloudInit({ packages, files, units }: VmSetup): string {
  const config = {
    package_update: true,
    packages: [...COMMON_PACKAGES, ...packages],
    write_files: files,
    runcmd: [
      ['systemctl', 'daemon-reload'],
      ['systemctl', 'enable', '--now', GUARD_UNIT],
      ...units.map((unit) => ['systemctl', 'enable', '--now', '--no-block', unit]),
    ],
  };
  return `#cloud-config\n${dumpYaml(config)}`;
}

/** What is long becomes shorter, and unreadable to people. */
export const packFile = (file: VmFile, pack: PackText): VmFile =>
  file.content.length <= PLAIN_LENGTH ? file : { ...file, encoding: 'gz+b64', content: pack(file.content) };

/** Readable for root only. */
export const secretFile = (path: string, content: string): VmFile => ({ path, permissions: '0600', content });

export const programFile = (name: CloudScriptName, scripts: CloudScripts): VmFile => ({
  path: `/usr/local/sbin/${name.replace(/\.sh$/, '')}`,
  permissions: '0755',
  content: scripts[name],
});

export const unitFile = (name: CloudScriptName, scripts: CloudScripts): VmFile => ({
  path: `/etc/systemd/system/${name}`,
  permissions: '0644',
  content: scripts[name],
});

/** What the programs of a VM read. The shell takes each value as it stands. */
export const environmentFile = (values: Readonly<Record<string, string>>): VmFile =>
  secretFile(
    '/etc/micado/micado.env',
    Object.entries(values)
      .map(([name, value]) => `${name}=${value === '' ? '' : quoteForShell(value)}\n`)
      .join(''),
  );

/** An engine without a TCP socket, whose containers' logs do not fill the disk. */
export const engineFile = (labels: readonly string[]): VmFile => ({
  path: '/etc/docker/daemon.json',
  permissions: '0644',
  content: `${JSON.stringify(
    {
      'log-driver': 'json-file',
      'log-opts': { 'max-size': '10m', 'max-file': '3' },
      ...(labels.length > 0 ? { labels } : {}),
    },
    undefined,
    2,
  )}\n`,
});
