import { DEFAULT_PORT } from '../internal/contract/ports.ts';
import { commonFlags } from '../internal/daemon/common-flags.ts';
import {
  durationFlag,
  integerFlag,
  pathFlag,
  switchFlag,
  urlListFlag,
} from '../internal/daemon/flag-kinds.ts';
import type { Flag, FlagValues } from '../internal/daemon/flags.ts';
import { type GivenSettings, SETTINGS } from './core/settings.ts';

export const rulegenFlags = {
  ...commonFlags(DEFAULT_PORT.rulegen),
  'rules.dir': pathFlag({
    help: 'The folder of rule files that Prometheus reads (rule_files: <path>/*.yml).',
  }),
  'templates.dir': pathFlag({
    help: 'A folder of templates that stand in front of those of the package.',
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
  'defaults.scale': switchFlag({
    help: 'Scale services of which neither a label nor the policy file speaks.',
    fallback: SETTINGS.scale.builtIn,
  }),
  'defaults.scaleup': thresholdFlag('scaleup'),
  'defaults.scaledown': thresholdFlag('scaledown'),
  'dry-run': switchFlag({ help: 'Log what would change; write and reload nothing.', fallback: false }),
};

export type RulegenConfig = FlagValues<typeof rulegenFlags>;

/** What the flags say in place of built-in values: only where they say something else. */
export function givenByFlags(
  config: Pick<RulegenConfig, 'defaults.scale' | 'defaults.scaleup' | 'defaults.scaledown'>,
): GivenSettings {
  const all = {
    scale: config['defaults.scale'],
    scaleup: config['defaults.scaleup'],
    scaledown: config['defaults.scaledown'],
  };
  return {
    ...(all.scale === SETTINGS.scale.builtIn ? {} : { scale: all.scale }),
    ...(all.scaleup === SETTINGS.scaleup.builtIn ? {} : { scaleup: all.scaleup }),
    ...(all.scaledown === SETTINGS.scaledown.builtIn ? {} : { scaledown: all.scaledown }),
  };
}

function thresholdFlag(key: 'scaleup' | 'scaledown'): Flag<number> {
  const { parse, builtIn } = SETTINGS[key];
  return {
    help: `The threshold micado.${key} where neither a label nor the policy file has one.`,
    form: '<number>',
    kind: 'value',
    fallback: builtIn,
    alsoEnv: undefined,
    parse(texts) {
      const parsed = parse(texts[0] ?? '');
      return 'value' in parsed ? { value: parsed.value } : { problem: `must be ${parsed.form}` };
    },
  };
}
