/** The flags of the commands that run a stack, or look at one. */
import { resolve } from 'node:path';
import { DEFAULT_PORT } from '../internal/contract/ports.ts';
import { AppError } from '../internal/daemon/app-error.ts';
import {
  choiceFlag,
  durationFlag,
  integerFlag,
  pathFlag,
  switchFlag,
  textFlag,
  urlFlag,
} from '../internal/daemon/flag-kinds.ts';
import type { FlagValues } from '../internal/daemon/flags.ts';
import { masterFlags } from './cloud-config.ts';
import type { ConsulAddress } from './core/consul-address.ts';
import { LOOPBACK, urlOf } from './core/plan-parts.ts';
import { NODE_PROVIDERS, planProvider } from './core/plan-provider.ts';
import type { ExecutorChoice } from './find-executor.ts';
import { dockerFlag, executorFlags, occopusFlag, stateFlag } from './shared-flags.ts';
import type { StackOptions } from './stack.ts';

const LEAST_INTERVAL_MS = 500;

const portFlag = (what: string, fallback: number) =>
  integerFlag({
    help: `Port of ${what} on ${LOOPBACK}; 0 takes a free one.`,
    form: '<port>',
    fallback,
    min: 0,
    max: 65_535,
  });

const commandFlag = (what: string) =>
  pathFlag({ help: `For --node-provider=command: the program that ${what}.`, fallback: '' });

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
  'node-provider': choiceFlag(NODE_PROVIDERS, {
    help: 'Who starts and stops worker VMs; auto is occopus where --occopus.url is given, else none.',
    fallback: 'auto',
  }),
  'occopus.url': occopusFlag,
  'command.up': commandFlag('starts VMs: <infra> <node> <count>'),
  'command.down': commandFlag('stops one VM: <infra> <node> <vm>'),
  'command.list': commandFlag('lists the VMs as JSON: <infra> <node>'),
  'command.timeout': durationFlag({
    help: 'How long one of these programs may take.',
    fallback: 60_000,
    minMs: 1_000,
  }),
  'worker.exporter-port': integerFlag({
    help: 'Where the exporters of worker nodes listen.',
    form: '<port>',
    fallback: DEFAULT_PORT.exporter,
    min: 1,
    max: 65_535,
  }),
  'machine.cgroup': pathFlag({
    help: 'The cgroup that counts as this machine, for an engine that has only a part of it.',
    fallback: '/',
  }),
  'consul.url': urlFlag({
    help: 'A Consul agent that the parts register with.',
    fallback: '',
  }),
  'consul.token-file': pathFlag({ help: 'The ACL token for it.', fallback: '' }),
  'prometheus.discovery': choiceFlag(['rulegen', 'consul'], {
    help: 'Whom Prometheus asks what to scrape in the Swarm; consul needs another Prometheus than Debian’s.',
    fallback: 'rulegen',
  }),
  cloud: pathFlag({
    help: 'On a master: submit this user data to its Occopus, and end; its stack runs already.',
    form: '<user_data.yaml>',
    fallback: '',
  }),
  ...masterFlags,
};

export const downFlags = {
  'state.dir': stateFlag,
  purge: switchFlag({
    help: 'Also undo what up made: the mark, the Swarm, the engine, packages, the state folder.',
    fallback: false,
  }),
};

const jsonFlag = switchFlag({ help: 'Print one JSON object instead of text for people.', fallback: false });

const executorChoiceFlags = { 'state.dir': stateFlag, ...executorFlags };

export const statusFlags = {
  ...executorChoiceFlags,
  'rulegen.url': urlFlag({
    help: 'With --executor.url: rulegen, which knows the services.',
    fallback: urlOf(DEFAULT_PORT.rulegen),
  }),
  json: switchFlag({
    help: 'Print one JSON object instead of text for people; with --watch, one a line.',
    fallback: false,
  }),
  watch: switchFlag({ help: 'Show it again every 2 s, until Ctrl-C.', fallback: false }),
};
export const decisionsFlags = {
  ...executorChoiceFlags,
  target: textFlag({
    help: 'Only those about this service, or target: docker/<service>, VM/<infra>/<node>.',
    form: '<service>',
    fallback: '',
  }),
  limit: integerFlag({ help: 'How many of the last ones.', fallback: 20, min: 1, max: 2_000 }),
  follow: switchFlag({ help: 'Go on with each one as it is made, until Ctrl-C.', fallback: false }),
  json: switchFlag({
    help: 'Print each as a line of JSON, with all that it was made from.',
    fallback: false,
  }),
};
export const whyFlags = { ...executorChoiceFlags, json: jsonFlag };
export const portsFlags = { json: jsonFlag };

export const destroyFlags = {
  ...executorChoiceFlags,
  'docker.host': textFlag({
    help: 'A manager’s engine; without it, that of the state folder.',
    form: '<address>',
    fallback: '',
  }),
  'occopus.url': occopusFlag,
  'drain.timeout': durationFlag({
    help: 'How long each node may take to become empty; then it goes with what still runs there.',
    fallback: 600_000,
  }),
  'gone.timeout': durationFlag({
    help: 'How long the VMs may take to be gone after they were deleted.',
    fallback: 120_000,
  }),
};

export const chosenExecutor = (values: FlagValues<typeof executorChoiceFlags>): ExecutorChoice => ({
  stateDir: values['state.dir'],
  executorUrl: values['executor.url'],
  tokenFile: values['executor.token-file'],
});

export function stackOptions(
  values: FlagValues<typeof upFlags>,
  certFolder: string | undefined,
): StackOptions {
  const provider = planProvider({
    provider: values['node-provider'],
    occopusUrl: values['occopus.url'],
    commands: { up: values['command.up'], down: values['command.down'], list: values['command.list'] },
    commandTimeoutMs: values['command.timeout'],
  });
  if (!provider.ok) throw new AppError('invalid', provider.problem);
  return {
    stateDir: values['state.dir'],
    dockerHost: values['docker.host'],
    dockerCertFolder: certFolder,
    advertiseAddress: values['swarm.advertise-addr'],
    scrapeIntervalMs: values['scrape.interval'],
    binFolder: values['bin.dir'],
    providerFlags: provider.executorFlags,
    provider: provider.provider,
    workerExporterPort: values['worker.exporter-port'],
    machineCgroup: values['machine.cgroup'],
    consul: consulAddress(values),
    ports: {
      prometheus: values['prometheus.port'],
      alertmanager: values['alertmanager.port'],
      executor: values['executor.port'],
      rulegen: values['rulegen.port'],
      exporter: values['exporter.port'],
    },
  };
}

function consulAddress(values: FlagValues<typeof upFlags>): ConsulAddress | undefined {
  const { 'consul.url': url, 'consul.token-file': tokenFile } = values;
  const discovers = values['prometheus.discovery'] === 'consul';
  if (discovers && url === '')
    throw new AppError('invalid', '--prometheus.discovery=consul needs --consul.url');
  // The parts need not run where this command does.
  return url === '' ? undefined : { url, tokenFile: tokenFile === '' ? '' : resolve(tokenFile), discovers };
}
