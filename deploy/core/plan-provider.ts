/** Who starts and stops worker VMs, as the executor is told. Without a provider it says what it would ask for. */
import { formatDuration } from '../../internal/contract/duration.ts';

export const NODE_PROVIDERS = ['auto', 'occopus', 'command', 'none'] as const;

export type ProviderOptions = {
  /** `auto`: Occopus where its address is given, else none. */
  readonly provider: (typeof NODE_PROVIDERS)[number];
  readonly occopusUrl: string;
  /** Absolute paths; empty where not given. */
  readonly commands: Readonly<Record<'up' | 'down' | 'list', string>>;
  readonly commandTimeoutMs: number;
};

export type ProviderPlan =
  | { readonly ok: true; readonly executorFlags: readonly string[] }
  | { readonly ok: false; readonly problem: string };

export function planProvider(options: ProviderOptions): ProviderPlan {
  const { provider, occopusUrl, commands, commandTimeoutMs } = options;
  const chosen = provider === 'auto' ? (occopusUrl === '' ? 'none' : 'occopus') : provider;
  const missing = Object.entries({
    ...(chosen === 'occopus' ? { 'occopus.url': occopusUrl } : {}),
    ...(chosen === 'command'
      ? {
          'command.up': commands.up,
          'command.down': commands.down,
          'command.list': commands.list,
        }
      : {}),
  }).flatMap(([flag, value]) => (value === '' ? [`--${flag}`] : []));
  if (missing.length > 0)
    return { ok: false, problem: `--node-provider=${chosen} needs ${missing.join(', ')}` };
  const given = {
    // A given address alone would choose Occopus; nothing given chooses none.
    'node-provider': provider === 'auto' ? '' : provider,
    'occopus.url': occopusUrl,
    'command.up': commands.up,
    'command.down': commands.down,
    'command.list': commands.list,
    'command.timeout': chosen === 'command' ? formatDuration(commandTimeoutMs) : '',
  };
  const executorFlags = Object.entries(given).flatMap(([flag, value]) =>
    value === '' ? [] : [`--${flag}=${value}`],
  );
  return { ok: true, executorFlags };
}
