/** The executor's flags; `main.ts` reads them from arguments and environment. */
import { DEFAULT_PORT } from '../internal/contract/ports.ts';
import { commonFlags } from '../internal/daemon/common-flags.ts';
import {
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
  'alertmanager.url': urlOrNone({
    help: 'Alertmanager, asked which alerts are silenced or inhibited; empty where there is none.',
    fallback: `http://127.0.0.1:${DEFAULT_PORT.alertmanager}`,
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
    help: 'A service that may be scaled; when none is given, all may.',
    form: '<name>',
    fallback: [],
  }),
  'dry-run': switchFlag({ help: 'Decide and record, but change nothing.', fallback: false }),
} as const;

export type ExecutorConfig = FlagValues<typeof executorFlags>;

function urlOrNone(options: { readonly help: string; readonly fallback: string }): Flag<string> {
  const flag = urlFlag(options);
  return { ...flag, parse: (texts) => (texts[0] === '' ? { value: '' } : flag.parse(texts)) };
}
