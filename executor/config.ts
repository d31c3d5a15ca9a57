/** The executor's flags; `main.ts` reads them from arguments and environment. */
import { DEFAULT_PORT } from '../internal/contract/ports.ts';
import { commonFlags } from '../internal/daemon/common-flags.ts';
import {
  choiceFlag,
  durationFlag,
  integerFlag,
  pathFlag,
  switchFlag,
  textListFlag,
  urlFlag,
  urlListFlag,
} from '../internal/daemon/flag-kinds.ts';
import type { Flag, FlagValues } from '../internal/daemon/flags.ts';

export const executorFlags = {
  ...commonFlags(DEFAULT_PORT.executor),
  'prometheus.url': urlListFlag({
    help: 'Prometheus, asked which alerts fire; of several the first that answers.',
    fallback: [`http://127.0.0.1:${DEFAULT_PORT.prometheus}`],
  }),
  'prometheus.replica-label': textListFlag({
    help: 'A label that tells the servers of a pair apart; alerts are compared without it.',
    form: '<label>',
    fallback: ['prometheus_replica', 'replica'],
  }),
  'prometheus.config.file': pathFlag({
    help: 'Credentials and certificates for Prometheus, in the format of its own http_config.',
    fallback: '',
  }),
  'alertmanager.url': urlsOrNone({
    help: 'Alertmanager, asked what is silenced or inhibited; of a cluster the first that answers; empty for none.',
    fallback: [`http://127.0.0.1:${DEFAULT_PORT.alertmanager}`],
  }),
  'alertmanager.config.file': pathFlag({
    help: 'Credentials and certificates for Alertmanager, in the same format.',
    fallback: '',
  }),
  'journal.file': pathFlag({
    help: 'Where decisions are kept as JSON lines, with the pauses beside it; without it, in memory only.',
    fallback: '',
  }),
  'max-replicas': integerFlag({
    help: 'No service gets more replicas than this, whatever its alerts say.',
    fallback: 100,
    min: 1,
  }),
  'poll.interval': durationFlag({
    help: 'How often the firing alerts are looked through when no webhook comes.',
    fallback: 15_000,
    minMs: 500,
  }),
  'starting.deadline': durationFlag({
    help: 'How long after a change of a service its starting tasks hold back further replicas.',
    fallback: 120_000,
  }),
  'allow-service': textListFlag({
    help: 'A service that may be scaled, or a pattern with *; when none is given, all may.',
    form: '<name>',
    fallback: [],
  }),
  'node-provider': choiceFlag(['occopus', 'command', 'none'], {
    help: 'Who starts and stops worker machines; occopus where --occopus.url is given.',
    fallback: 'none',
  }),
  'occopus.url': urlOrNone({ help: 'The REST API of Occopus.', fallback: '' }),
  'command.up': pathOrNone('Program that wants so many machines: <infra> <node> <count>.'),
  'command.down': pathOrNone('Program that stops one machine: <infra> <node> <vm id>.'),
  'command.list': pathOrNone('Program that prints the machines as JSON: <infra> <node>.'),
  'command.timeout': durationFlag({
    help: 'How long one of these programs may run.',
    fallback: 60_000,
    minMs: 100,
  }),
  'max-workers': integerFlag({
    help: 'No pool gets more workers than this, whatever its rules and its provider say.',
    fallback: 20,
    min: 1,
  }),
  'worker.boot-deadline': durationFlag({
    help: 'How long a new machine may take until it is a Ready and scraped node.',
    fallback: 900_000,
    minMs: 1_000,
  }),
  'worker.drain-deadline': durationFlag({
    help: 'How long a worker may take to become empty before it is left in service.',
    fallback: 600_000,
    minMs: 1_000,
  }),
  'worker.grace': durationFlag({
    help: 'How long a new worker is not stopped again.',
    fallback: 300_000,
  }),
  'worker.stale-after': durationFlag({
    help: 'How long a node without a machine is down before it leaves the Swarm.',
    fallback: 300_000,
  }),
  'worker.poll': durationFlag({
    help: 'How often a pool is looked at while a worker comes or goes.',
    fallback: 5_000,
    minMs: 20,
  }),
  'dry-run': switchFlag({ help: 'Decide and record, but change nothing.', fallback: false }),
} as const;

export type ExecutorConfig = FlagValues<typeof executorFlags>;

function urlOrNone(options: { readonly help: string; readonly fallback: string }): Flag<string> {
  const flag = urlFlag(options);
  return { ...flag, parse: (texts) => (texts[0] === '' ? { value: '' } : flag.parse(texts)) };
}

function urlsOrNone(options: {
  readonly help: string;
  readonly fallback: readonly string[];
}): Flag<readonly string[]> {
  const flag = urlListFlag(options);
  return { ...flag, parse: (texts) => (texts.join('') === '' ? { value: [] } : flag.parse(texts)) };
}

function pathOrNone(help: string): Flag<string> {
  const flag = pathFlag({ help: `${help} An absolute path.`, fallback: '' });
  const isRelative = (text: string): boolean => text !== '' && !text.startsWith('/');
  return {
    ...flag,
    parse: (texts) =>
      isRelative(texts[0] ?? '') ? { problem: 'must be an absolute path' } : flag.parse(texts),
  };
}
