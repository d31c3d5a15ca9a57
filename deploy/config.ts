/** The flags of `micado up` and `micado down`. */
import { DEFAULT_PORT } from '../internal/contract/ports.ts';
import { DEFAULT_DOCKER_HOST } from '../internal/daemon/common-flags.ts';
import { durationFlag, integerFlag, pathFlag, switchFlag, textFlag } from '../internal/daemon/flag-kinds.ts';
import type { FlagValues } from '../internal/daemon/flags.ts';
import { LOOPBACK } from './core/plan-parts.ts';
import type { StackOptions } from './stack.ts';

const LEAST_INTERVAL_MS = 500;

export const stateFlag = pathFlag({
  help: 'Folder of this stack: configuration, data, logs, and what it fetched.',
  fallback: '.micado',
});

export const dockerFlag = textFlag({
  help: 'The Docker engine: unix:///path, or tcp://host:port (TLS by DOCKER_TLS_VERIFY and DOCKER_CERT_PATH).',
  form: '<address>',
  fallback: DEFAULT_DOCKER_HOST,
  alsoEnv: 'DOCKER_HOST',
});

const portFlag = (what: string, fallback: number) =>
  integerFlag({
    help: `Port of ${what} on ${LOOPBACK}; 0 takes a free one.`,
    form: '<port>',
    fallback,
    min: 0,
    max: 65_535,
  });

export const upFlags = {
  'state.dir': stateFlag,
  'docker.host': dockerFlag,
  'swarm.advertise-addr': textFlag({
    help: 'Where a Swarm that is made here listens and is reached; other nodes can join only where this is not loopback.',
    form: '<address>',
    fallback: LOOPBACK,
  }),
  'scrape.interval': durationFlag({
    help: 'How often Prometheus scrapes and evaluates.',
    fallback: 2_000,
    minMs: LEAST_INTERVAL_MS,
  }),
  'prometheus.port': portFlag('Prometheus', DEFAULT_PORT.prometheus),
  'alertmanager.port': portFlag('Alertmanager', DEFAULT_PORT.alertmanager),
  'executor.port': portFlag('the executor', DEFAULT_PORT.executor),
  'rulegen.port': portFlag('rulegen', DEFAULT_PORT.rulegen),
  'exporter.port': portFlag('the exporter', DEFAULT_PORT.exporter),
  'bin.dir': pathFlag({
    help: 'Folder with prometheus and prometheus-alertmanager, instead of those on the PATH or Debian’s.',
    fallback: '',
  }),
};

export const downFlags = {
  'state.dir': stateFlag,
  purge: switchFlag({
    help: 'Also undo what up made: the mark, the Swarm, the engine, packages, the state folder.',
    fallback: false,
  }),
};

export function stackOptions(
  values: FlagValues<typeof upFlags>,
  certFolder: string | undefined,
): StackOptions {
  return {
    stateDir: values['state.dir'],
    dockerHost: values['docker.host'],
    dockerCertFolder: certFolder,
    advertiseAddress: values['swarm.advertise-addr'],
    scrapeIntervalMs: values['scrape.interval'],
    binFolder: values['bin.dir'],
    ports: {
      prometheus: values['prometheus.port'],
      alertmanager: values['alertmanager.port'],
      executor: values['executor.port'],
      rulegen: values['rulegen.port'],
      exporter: values['exporter.port'],
    },
  };
}
