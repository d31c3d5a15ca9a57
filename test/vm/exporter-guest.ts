/** A guest that runs the exporter as a service beside its own engine, whose API this machine reaches. */
import { join } from 'node:path';
import type Docker from 'dockerode';
import { DEFAULT_PORT } from '../../internal/contract/ports.ts';
import { createDockerClient } from '../../internal/docker/docker-client.ts';
import { PROJECT_ROOT } from '../cluster/project-root.ts';
import type { Segment } from '../cluster/segment.ts';
import { writeDisc } from './disc.ts';
import { type Guest, startGuest } from './guest.ts';
import { nodeFiles } from './node-files.ts';

export type ExporterGuest = {
  readonly guest: Guest;
  readonly docker: Docker;
  /** `10.77.1.100:9200` */
  readonly exporterAddress: string;
};

/** Built by `npm run build`, which comes before all tests. */
const EXPORTER_BUNDLE = join(PROJECT_ROOT, 'dist/bin/micado-exporter.js');
const HOST_NUMBER = 100;
const DISC_LABEL = 'programs';
const MOUNT_POINT = '/media/programs';
const ENGINE_PORT = 2375;
/** An emulated engine takes its time to start a container. */
const CALL_WITHIN_MS = 60_000;

export async function startExporterGuest(segment: Segment): Promise<ExporterGuest> {
  const node = await nodeFiles();
  const disc = join(segment.folder, 'programs.iso');
  const files = Object.entries({ ...node.files, 'micado-exporter.js': EXPORTER_BUNDLE });
  await writeDisc(disc, DISC_LABEL, Object.fromEntries(files.map(([path, copyOf]) => [path, { copyOf }])));
  const guest = await startGuest(segment, {
    name: 'vm1',
    hostNumber: HOST_NUMBER,
    cpus: 2,
    memoryMb: 768,
    discs: [disc],
    userData: userData([
      ...node.command(MOUNT_POINT),
      `${MOUNT_POINT}/micado-exporter.js`,
      `--web.listen-address=0.0.0.0:${DEFAULT_PORT.exporter}`,
    ]),
  });
  const host = { kind: 'tcp', host: guest.address, port: ENGINE_PORT, tls: undefined } as const;
  const docker = createDockerClient(host, CALL_WITHIN_MS);
  await guest.reaches('the engine answers', async () => (await docker.ping()) !== undefined);
  return { guest, docker, exporterAddress: `${guest.address}:${DEFAULT_PORT.exporter}` };
}

/** The engine itself listens on its socket only. Its segment has no way out, so a port without a lock will do there. */
function userData(exporter: readonly string[]): string {
  const unit = (name: string, content: string) => ({ path: `/etc/systemd/system/${name}`, content });
  const config = {
    write_files: [
      unit('engine-api.socket', `[Socket]\nListenStream=${ENGINE_PORT}\n`),
      unit(
        'engine-api.service',
        '[Service]\nExecStart=/lib/systemd/systemd-socket-proxyd /run/docker.sock\n',
      ),
      unit(
        'exporter.service',
        `[Service]\nExecStart=${exporter.join(' ')}\nStandardOutput=journal+console\n`,
      ),
    ],
    mounts: [[`LABEL=${DISC_LABEL}`, MOUNT_POINT, 'iso9660', 'ro']],
    runcmd: [
      ['systemctl', 'daemon-reload'],
      ['systemctl', 'start', 'engine-api.socket', 'exporter.service'],
    ],
  };
  // JSON is YAML.
  return `#cloud-config\n${JSON.stringify(config)}\n`;
}
