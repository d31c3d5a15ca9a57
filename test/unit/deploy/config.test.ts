import { describe, expect, test } from '@jest/globals';
import { stackOptions, upFlags } from '../../../deploy/config.ts';
import { parseFlags } from '../../../internal/daemon/flags.ts';

function optionsBy(...argv: readonly string[]) {
  const parsed = parseFlags(upFlags, argv, {});
  if (parsed.kind !== 'run') throw new Error(`wrong flags: ${JSON.stringify(parsed)}`);
  return stackOptions(parsed.values, undefined);
}

describe('the Consul of `micado up`', () => {
  test('is none unless it is named', () => {
    expect(optionsBy().consul).toBeUndefined();
  });

  test('is told to the parts, which may run in another folder, and not to Prometheus', () => {
    expect(optionsBy('--consul.url=http://10.0.0.5:8500', '--consul.token-file=token').consul).toEqual({
      url: 'http://10.0.0.5:8500',
      tokenFile: `${process.cwd()}/token`,
      discovers: false,
    });
  });

  test('is told to Prometheus where that is to ask it', () => {
    const flags = ['--consul.url=http://10.0.0.5:8500', '--prometheus.discovery=consul'];
    expect(optionsBy(...flags).consul).toMatchObject({ tokenFile: '', discovers: true });
    expect(() => optionsBy('--prometheus.discovery=consul')).toThrow(/needs --consul\.url$/);
  });
});
