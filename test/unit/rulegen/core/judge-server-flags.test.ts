import { expect, test } from '@jest/globals';
import { judgeServerFlags } from '../../../../rulegen/core/judge-server-flags.ts';

test.each<[Record<string, string>, readonly string[]]>([
  [{ 'rules.alert.resend-delay': '2s', 'web.enable-lifecycle': 'true' }, []],
  [{ 'rules.alert.resend-delay': '10s', 'web.enable-lifecycle': 'true' }, []],
  [{ 'rules.alert.resend-delay': '1m', 'web.enable-lifecycle': 'true' }, ['--rules.alert.resend-delay']],
  [
    { 'rules.alert.resend-delay': '1m', 'web.enable-lifecycle': 'false' },
    ['--rules.alert.resend-delay', '--web.enable-lifecycle'],
  ],
  [{}, []],
])('Prometheus with %j is warned about by %j', (flags, named) => {
  const warnings = judgeServerFlags(new Map(Object.entries(flags)));
  expect(warnings).toHaveLength(named.length);
  for (const [index, flag] of named.entries()) expect(warnings[index]).toContain(flag);
});
