import { DEFAULT_PORT } from '../internal/contract/ports.ts';
import { commonFlags } from '../internal/daemon/common-flags.ts';
import {
  durationFlag,
  integerFlag,
  pathFlag,
  switchFlag,
  urlListFlag,
} from '../internal/daemon/flag-kinds.ts';
import type { FlagValues } from '../internal/daemon/flags.ts';

export const rulegenFlags = {
  ...commonFlags(DEFAULT_PORT.rulegen),
  'rules.dir': pathFlag({
    help: 'The folder of rule files that Prometheus reads (rule_files: <path>/*.yml).',
  }),
  'templates.dir': pathFlag({
    help: 'Another folder of templates than the one that comes with the package.',
    fallback: '',
  }),
  'policy.file': pathFlag({ help: 'The policy file; services need none.', fallback: '' }),
  'prometheus.url': urlListFlag({
    help: 'A Prometheus that reads the rules folder, with its route prefix.',
    fallback: [`http://127.0.0.1:${DEFAULT_PORT.prometheus}`],
  }),
  'prometheus.config.file': pathFlag({
    help: 'Credentials and certificates for Prometheus, in the format of its own http_config.',
    fallback: '',
  }),
  'resync.interval': durationFlag({
    help: 'How often everything is looked at again, whatever the events say.',
    fallback: 60_000,
    minMs: 1_000,
  }),
  'scrape.interval': durationFlag({
    help: 'How often Prometheus scrapes; rates look back over three scrapes.',
    fallback: 2_000,
    minMs: 500,
  }),
  'exporter.port': integerFlag({
    help: 'Where the exporters of worker nodes listen.',
    form: '<port>',
    fallback: DEFAULT_PORT.exporter,
    min: 1,
    max: 65_535,
  }),
  'dry-run': switchFlag({ help: 'Log what would change; write and reload nothing.', fallback: false }),
};

export type RulegenConfig = FlagValues<typeof rulegenFlags>;
