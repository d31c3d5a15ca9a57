/** The variables of MiCADO 0.3's alert generator, as the flags that have taken their place. What is given in today's way wins. */
import { DEFAULT_PORT } from '../internal/contract/ports.ts';
import { environmentName } from '../internal/daemon/flags.ts';
import type { rulegenFlags } from './config.ts';

type Environment = Readonly<Record<string, string | undefined>>;

type Legacy = {
  readonly flag: keyof typeof rulegenFlags;
  /** The value in today's form. */
  translate?(value: string): string;
};

const LEGACY: Readonly<Record<string, Legacy>> = {
  CONTAINER_SCALING_FILE: { flag: 'policy.file' },
  ALERTS_FILE_PATH: { flag: 'rules.dir' },
  AUTO_GENERATE_ALERT: { flag: 'defaults.scale' },
  DEFAULT_SCALEUP: { flag: 'defaults.scaleup' },
  DEFAULT_SCALEDOWN: { flag: 'defaults.scaledown' },
  PROMETHEUS: { flag: 'prometheus.url', translate: addressOf },
};

export type LegacyVariable = { readonly variable: string; readonly flag: string; readonly value: string };

export type TranslatedEnvironment = {
  readonly env: Environment;
  /** The old variables that were taken over. */
  readonly taken: readonly LegacyVariable[];
};

export function translateLegacyEnvironment(env: Environment): TranslatedEnvironment {
  const taken: LegacyVariable[] = [];
  const added: Record<string, string> = {};
  for (const [variable, { flag, translate }] of Object.entries(LEGACY)) {
    const old = env[variable] ?? '';
    const name = environmentName(flag);
    if (old === '' || (env[name] ?? '') !== '') continue;
    const value = translate === undefined ? old : translate(old);
    added[name] = value;
    taken.push({ variable, flag: `--${flag}`, value });
  }
  return { env: { ...env, ...added }, taken };
}

/** It was a host, and its port was fixed. */
function addressOf(host: string): string {
  if (host.includes('://')) return host;
  return /:\d+$/.test(host) ? `http://${host}` : `http://${host}:${DEFAULT_PORT.prometheus}`;
}
