import { describe, expect, test } from '@jest/globals';
import { executorFlags } from '../../../executor/config.ts';
import { openNodeProvider } from '../../../executor/open-node-provider.ts';
import { parseFlags } from '../../../internal/daemon/flags.ts';
import { createManualClock } from '../../fakes/manual-clock.ts';

function open(...argv: readonly string[]) {
  const parsed = parseFlags(executorFlags, argv, {});
  if (parsed.kind !== 'run') throw new Error(JSON.stringify(parsed));
  return openNodeProvider(parsed.values, createManualClock(), new AbortController().signal);
}

describe('the provider of machines', () => {
  test.each([
    ['none', []],
    ['occopus', ['--occopus.url=http://127.0.0.1:5000']],
    ['occopus', ['--node-provider=occopus', '--occopus.url=http://127.0.0.1:5000']],
    [
      'command',
      ['--node-provider=command', '--command.up=/up', '--command.down=/down', '--command.list=/list'],
    ],
  ])('is %s with the flags %j', (name, argv) => {
    expect(open(...argv).name).toBe(name);
  });

  test.each([
    ['--occopus.url', ['--node-provider=occopus']],
    ['--command.down', ['--node-provider=command', '--command.up=/up', '--command.list=/list']],
  ])('wants %s with the flags %j', (flag, argv) => {
    expect(() => open(...argv)).toThrow(`needs ${flag}`);
  });

  test('takes no program by a relative path', () => {
    expect(() => open('--node-provider=command', '--command.up=up.sh')).toThrow('must be an absolute path');
  });
});
