/**
 * In place of images that cannot be fetched: busybox, and one program of the expected name. It ends where it is not given what the
 * real one needs, so whoever runs it has given that.
 */
import { busyboxFiles } from '../../../deploy/demo/busybox.ts';
import { loadLocalImage } from '../../../deploy/demo/local-image.ts';
import type { Engine } from '../../cluster/engine.ts';
import { findBusybox } from '../../cluster/images.ts';

type StandIn = {
  readonly repo: string;
  readonly tag: string;
  readonly program: string;
  /** Whether the image starts the program by itself, and takes but its arguments. */
  readonly isEntrypoint?: true;
  /** What has to hold before it is up. */
  readonly needs: readonly string[];
  /** Where it answers with its page. */
  readonly port: number;
  /** The name of the page and what it says; without it, its program's name. */
  readonly page?: readonly [name: string, text: string];
};

export const STAND_IN = {
  occopus: {
    repo: 'micado/occopus',
    tag: 'stand-in',
    program: 'occopus-rest-service',
    needs: ['[ "$1" = --auth_data_path ]', 'cat "$2"'],
    port: 5000,
  },
  redis: { repo: 'redis', tag: '7', program: 'redis-server', needs: ['ls /data'], port: 6379 },
  nodeExporter: {
    repo: 'offline/node-exporter',
    tag: 'stand-in',
    program: 'node_exporter',
    isEntrypoint: true,
    needs: [`for flag; do ls "\${flag#--path.*=}"; done`, 'cat /host/proc/meminfo'],
    port: 9100,
    page: ['metrics', 'node_exporter_build_info{version="stand-in"} 1\n'],
  },
  consul: {
    repo: 'offline/consul',
    tag: 'stand-in',
    program: 'consul',
    needs: [`for flag; do case $flag in -config-file=*) cat "\${flag#*=}" ;; esac; done`],
    port: 8500,
  },
  /** Debian's is built without Consul's discovery, and refuses the configuration. */
  prometheusWithConsul: {
    repo: 'offline/prometheus',
    tag: 'stand-in',
    program: 'prometheus',
    isEntrypoint: true,
    needs: ['cat /run/secrets/consul_token', 'busybox grep consul_sd_configs /etc/prometheus/prometheus.yml'],
    port: 9090,
  },
} as const satisfies Readonly<Record<string, StandIn>>;

export const standInTag = ({ repo, tag }: Pick<StandIn, 'repo' | 'tag'>): string => `${repo}:${tag}`;

export async function loadStandIn(engine: Engine, standIn: StandIn): Promise<void> {
  const { repo, tag, program, port, page = ['index.html', program] } = standIn;
  const checks = standIn.needs.map((need) => `${need} > /dev/null`);
  // As pid 1 the server itself would ignore the signal.
  const serve = ['trap exit TERM', `httpd -f -p ${port} -h /www &`, 'wait $!'];
  const script = ['#!/bin/sh', 'set -e', ...checks, ...serve, ''].join('\n');
  const file = (path: string, text: string) =>
    ({ kind: 'file', path, mode: 0o755, content: Buffer.from(text) }) as const;
  const id = await loadLocalImage(engine.docker, {
    name: `micado-${program.replaceAll('_', '-')}`,
    files: [
      ...(await busyboxFiles(await findBusybox())),
      file(`bin/${program}`, script),
      file(`www/${page[0]}`, page[1]),
    ],
    ...(standIn.isEntrypoint === true ? { entrypoint: [program] } : {}),
    command: [],
  });
  await engine.docker.getImage(id).tag({ repo, tag });
}
