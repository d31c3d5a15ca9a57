import { describe, expect, test } from '@jest/globals';
import {
  type ChosenProvider,
  type ProviderOptions,
  planProvider,
} from '../../../../deploy/core/plan-provider.ts';
import { executorFlags } from '../../../../executor/config.ts';
import { parseFlags } from '../../../../internal/daemon/flags.ts';

const NO_COMMANDS = { up: '', down: '', list: '' };
const COMMANDS = { up: '/bin/up', down: '/bin/down', list: '/bin/list' };
const OCCOPUS = 'http://o:5000';
const plan = (options: Partial<ProviderOptions>) =>
  planProvider({
    provider: 'auto',
    occopusUrl: '',
    commands: NO_COMMANDS,
    commandTimeoutMs: 60_000,
    ...options,
  });

describe('planProvider', () => {
  test.each<[string, Partial<ProviderOptions>, ChosenProvider, readonly string[]]>([
    ['nothing is given', {}, { kind: 'none' }, ['--node-provider=none', '--occopus.url=']],
    [
      'an address is given',
      { occopusUrl: OCCOPUS },
      { kind: 'occopus', url: OCCOPUS },
      ['--node-provider=occopus', `--occopus.url=${OCCOPUS}`],
    ],
    [
      'none is asked for, whatever address is given',
      { provider: 'none', occopusUrl: OCCOPUS },
      { kind: 'none' },
      ['--node-provider=none', '--occopus.url='],
    ],
    [
      'commands are asked for',
      { provider: 'command', commands: COMMANDS },
      { kind: 'command', ...COMMANDS, timeoutMs: 60_000 },
      [
        '--node-provider=command',
        '--command.up=/bin/up',
        '--command.down=/bin/down',
        '--command.list=/bin/list',
        '--command.timeout=1m',
      ],
    ],
  ])('says it all where %s', (_title, options, provider, flags) => {
    expect(plan(options)).toEqual({ ok: true, provider, executorFlags: flags });
    expect(parseFlags(executorFlags, flags, { MICADO_OCCOPUS_URL: 'http://env:5000' })).toMatchObject({
      kind: 'run',
    });
  });

  test.each<[string, Partial<ProviderOptions>]>([
    ['--node-provider=occopus needs --occopus.url', { provider: 'occopus' }],
    [
      '--node-provider=command needs --command.down, --command.list',
      { provider: 'command', commands: { ...COMMANDS, down: '', list: '' } },
    ],
    [
      '--command.up: "./up.sh" must be an absolute path',
      { provider: 'command', commands: { ...COMMANDS, up: './up.sh' } },
    ],
  ])('says %s', (problem, options) => {
    expect(plan(options)).toEqual({ ok: false, problem });
  });
});
