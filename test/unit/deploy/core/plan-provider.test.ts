import { describe, expect, test } from '@jest/globals';
import { type ProviderOptions, planProvider } from '../../../../deploy/core/plan-provider.ts';

const NO_COMMANDS = { up: '', down: '', list: '' };
const COMMANDS = { up: '/bin/up', down: '/bin/down', list: '/bin/list' };
const plan = (options: Partial<ProviderOptions>) =>
  planProvider({
    provider: 'auto',
    occopusUrl: '',
    commands: NO_COMMANDS,
    commandTimeoutMs: 60_000,
    ...options,
  });

describe('planProvider', () => {
  test('says nothing where nothing is given', () => {
    expect(plan({})).toEqual({ ok: true, executorFlags: [] });
  });

  test('takes Occopus where its address is given', () => {
    expect(plan({ occopusUrl: 'http://o:5000' })).toEqual({
      ok: true,
      executorFlags: ['--occopus.url=http://o:5000'],
    });
  });

  test('takes what is named, whatever else is given', () => {
    expect(plan({ provider: 'none', occopusUrl: 'http://o:5000' })).toEqual({
      ok: true,
      executorFlags: ['--node-provider=none', '--occopus.url=http://o:5000'],
    });
    expect(plan({ provider: 'command', commands: COMMANDS })).toEqual({
      ok: true,
      executorFlags: [
        '--node-provider=command',
        '--command.up=/bin/up',
        '--command.down=/bin/down',
        '--command.list=/bin/list',
        '--command.timeout=1m',
      ],
    });
  });

  test('names what the chosen one lacks', () => {
    expect(plan({ provider: 'occopus' })).toEqual({
      ok: false,
      problem: '--node-provider=occopus needs --occopus.url',
    });
    expect(plan({ provider: 'command', commands: { ...COMMANDS, down: '', list: '' } })).toEqual({
      ok: false,
      problem: '--node-provider=command needs --command.down, --command.list',
    });
  });
});
