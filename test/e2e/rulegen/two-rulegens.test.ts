/** Two rulegens by mistake: one leads the folder, the other waits and says so. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { eventually } from '../../eventually.ts';
import { metricValue, type RulegenBench, startRulegenBench } from './rulegen-bench.ts';

const reasonsOf = async ({ url }: RulegenBench): Promise<readonly string[]> =>
  ((await (await fetch(`${url}/-/ready`)).json()) as { reasons: string[] }).reasons;
const isReady = async (bench: RulegenBench): Promise<boolean> => (await reasonsOf(bench)).length === 0;

test('two rulegens with different policies on one folder do not fight: one leads, the other takes over', async () => {
  await using first = await startRulegenBench({
    before: ({ engine }) => void engine.state.createService({ name: 'web' }),
  });
  await eventually('the first is ready', () => isReady(first));
  await using second = await startRulegenBench({
    config: {
      'docker.host': first.engine.address,
      'rules.dir': first.rulesDir,
      'prometheus.url': [first.prometheus.url],
      'defaults.scaleup': 55,
    },
  });
  await eventually('the second waits, and says for whom', async () =>
    (await reasonsOf(second)).some((reason) =>
      /^another rulegen writes the rules folder: process \d+ on /.test(reason),
    ),
  );
  expect(await metricValue(second.url, 'micado_rulegen_leading')).toBe(0);
  expect(await metricValue(first.url, 'micado_rulegen_leading')).toBe(1);
  first.engine.state.createService({ name: 'api' });
  await eventually('the rules are there', () => first.prometheus.groups().includes('service-api'));
  const thresholdOf = (service: string): string | undefined =>
    /threshold: "(\d+)"/.exec(readFileSync(join(first.rulesDir, `service-${service}.yml`), 'utf8'))?.[1];
  const { asked } = first.prometheus.reloads();
  await eventually(
    'the second has looked at both services',
    async () => (await metricValue(second.url, 'micado_rulegen_services{state="scaled"}')) === 2,
  );
  expect([thresholdOf('web'), thresholdOf('api')]).toEqual(['80', '80']);
  expect(await metricValue(second.url, 'micado_rulegen_rule_file_changes_total{change="write"}')).toBe(0);
  expect(first.prometheus.reloads().asked).toBe(asked);

  await first.stop();
  await eventually('the second leads', () => isReady(second));
  expect([thresholdOf('web'), thresholdOf('api')]).toEqual(['55', '55']);
  expect(readdirSync(first.rulesDir).filter((name) => name.endsWith('.yml'))).toHaveLength(3);
});
