/**
 * Who starts and stops worker VMs, as the executor is told. All of it is said, because the executor has our environment and
 * would read MICADO_OCCOPUS_URL there.
 */
import { formatDuration } from '../../internal/contract/duration.ts';

export const NODE_PROVIDERS = ['auto', 'occopus', 'command', 'none'] as const;

export type ProviderOptions = {
  /** `auto`: Occopus where its address is given, else none. */
  readonly provider: (typeof NODE_PROVIDERS)[number];
  readonly occopusUrl: string;
  /** Empty where not given. */
  readonly commands: Readonly<Record<'up' | 'down' | 'list', string>>;
  readonly commandTimeoutMs: number;
};

/** Who it is, for the commands that come after `up`. */
export type ChosenProvider =
  | { readonly kind: 'none' }
  | { readonly kind: 'occopus'; readonly url: string }
  | {
      readonly kind: 'command';
      readonly up: string;
      readonly down: string;
      readonly list: string;
      readonly timeoutMs: number;
    };

export type ProviderPlan =
  | { readonly ok: true; readonly provider: ChosenProvider; readonly executorFlags: readonly string[] }
  | { readonly ok: false; readonly problem: string };

export function planProvider(options: ProviderOptions): ProviderPlan {
  const { provider, occopusUrl } = options;
  const chosen = provider === 'auto' ? (occopusUrl === '' ? 'none' : 'occopus') : provider;
  const flags = flagsOf(chosen, options);
  const missing = Object.keys(flags).filter((flag) => flags[flag] === '');
  if (chosen !== 'none' && missing.length > 0)
    return { ok: false, problem: `--node-provider=${chosen} needs --${missing.join(', --')}` };
  const relative = Object.keys(flags).find(
    (flag) => /^command\.(up|down|list)$/.test(flag) && flags[flag]?.[0] !== '/',
  );
  if (relative !== undefined)
    return { ok: false, problem: `--${relative}: "${flags[relative]}" must be an absolute path` };
  const executorFlags = Object.entries(flags).map(([flag, value]) => `--${flag}=${value}`);
  return {
    ok: true,
    provider: describeChosen(chosen, options),
    executorFlags: [`--node-provider=${chosen}`, ...executorFlags],
  };
}

function describeChosen(
  kind: ChosenProvider['kind'],
  { occopusUrl: url, commands, commandTimeoutMs: timeoutMs }: ProviderOptions,
): ChosenProvider {
  switch (kind) {
    case 'none':
      return { kind };
    case 'occopus':
      return { kind, url };
    case 'command':
      return { kind, ...commands, timeoutMs };
  }
}

function flagsOf(
  chosen: ChosenProvider['kind'],
  { occopusUrl, commands, commandTimeoutMs }: ProviderOptions,
): Readonly<Record<string, string>> {
  switch (chosen) {
    case 'none':
      return { 'occopus.url': '' };
    case 'occopus':
      return { 'occopus.url': occopusUrl };
    case 'command':
      return {
        'command.up': commands.up,
        'command.down': commands.down,
        'command.list': commands.list,
        'command.timeout': formatDuration(commandTimeoutMs),
      };
  }
}
