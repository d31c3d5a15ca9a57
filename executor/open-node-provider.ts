/** The provider of machines that the flags name. A new kind is one more case here, and one adapter. */
import { AppError } from '../internal/daemon/app-error.ts';
import type { Clock } from '../internal/daemon/clock.ts';
import { createCommandNodeProvider } from './adapters/command-node-provider.ts';
import { createNoneNodeProvider } from './adapters/none-node-provider.ts';
import { createOccopusNodeProvider } from './adapters/occopus-node-provider.ts';
import type { ExecutorConfig } from './config.ts';
import type { NodeProvider } from './ports.ts';

export function openNodeProvider(config: ExecutorConfig, clock: Clock, signal: AbortSignal): NodeProvider {
  switch (chosenProvider(config)) {
    case 'occopus':
      return createOccopusNodeProvider({ url: given(config, 'occopus.url'), clock, signal });
    case 'command':
      return createCommandNodeProvider({
        up: given(config, 'command.up'),
        down: given(config, 'command.down'),
        list: given(config, 'command.list'),
        timeoutMs: config['command.timeout'],
        signal,
      });
    case 'none':
      return createNoneNodeProvider();
  }
}

function chosenProvider(config: ExecutorConfig): NodeProvider['name'] {
  const chosen = config['node-provider'];
  return chosen === 'none' && config['occopus.url'] !== '' ? 'occopus' : chosen;
}

function given(
  config: ExecutorConfig,
  flag: 'occopus.url' | 'command.up' | 'command.down' | 'command.list',
): string {
  const value = config[flag];
  if (value === '')
    throw new AppError('invalid', `--node-provider=${chosenProvider(config)} needs --${flag}`);
  return value;
}
