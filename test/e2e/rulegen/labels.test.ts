/** Labels that make no deciding rules, from the service to what Prometheus runs and scrapes. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { eventually } from '../../eventually.ts';
import { metricValue, type RulegenBench, serviceNamed, startRulegenBench } from './rulegen-bench.ts';

const untilRuns = (bench: RulegenBench, ...groups: readonly string[]): Promise<true> =>
  eventually(
    `Prometheus runs ${groups.join(', ')}`,
    () => JSON.stringify(bench.prometheus.groups()) === JSON.stringify([...groups].sort()) && true,
  );

describe('rulegen', () => {
  test('keeps alerts of the user’s own beside the rules that scale, and tells what is wrong with them', async () => {
    await using bench = await startRulegenBench();
    const { state } = bench.engine;
    const relabel = (labels: Record<string, string>) =>
      state.changeService('web', (spec) => ({ ...spec, Labels: labels }));
    const good = { 'micado.alert.slow.expr': 'latency{job="{{service}}"} > 2', 'micado.rules': '-oom' };
    state.createService({ name: 'web', cpuLimitCores: 1, labels: good });
    await untilRuns(bench, 'cluster', 'service-web', 'alerts-web');
    const file = readFileSync(join(bench.rulesDir, 'alerts-web.yml'), 'utf8');
    expect(file).toContain('latency{job="web"} > 2');
    expect(await serviceNamed(bench.url, 'web')).toMatchObject({
      state: 'scaled',
      alerts: { state: 'wanted', file: 'alerts-web.yml', names: ['web_slow'] },
      problems: [],
    });
    const off = 'micado_rulegen_service_rule_off{application="web",rule="oom"}';
    expect(await metricValue(bench.url, off)).toBe(1);

    const quarantined = 'micado_rulegen_rule_file_quarantined{file="alerts-web.yml"}';
    expect(await metricValue(bench.url, quarantined)).toBeUndefined();
    relabel({ ...good, 'micado.alert.slow.expr': 'up) or vector(1', 'micado.max': '7' });
    await eventually('it is told', async () => (await metricValue(bench.url, quarantined)) === 1);
    expect(readFileSync(join(bench.rulesDir, 'alerts-web.yml'), 'utf8')).toBe(file);
    await eventually('scaling goes on', () =>
      readFileSync(join(bench.rulesDir, 'service-web.yml'), 'utf8').includes('max: "7"'),
    );
    const problems = 'micado_rulegen_service_problems{application="web",severity="error"}';
    expect(await metricValue(bench.url, problems)).toBe(1);

    relabel({ 'micado.max': '7' });
    await untilRuns(bench, 'cluster', 'service-web');
    expect(await metricValue(bench.url, quarantined)).toBeUndefined();
    expect(await metricValue(bench.url, off)).toBeUndefined();
  });

  test('shows a warning, and scales all the same', async () => {
    await using bench = await startRulegenBench();
    bench.engine.state.createService({ name: 'web', labels: {} });
    await untilRuns(bench, 'cluster', 'service-web');
    expect(await serviceNamed(bench.url, 'web')).toMatchObject({
      state: 'scaled',
      problems: [{ severity: 'warning', where: 'CPU limit' }],
    });
    const warnings = 'micado_rulegen_service_problems{application="web",severity="warning"}';
    expect(await metricValue(bench.url, warnings)).toBe(1);
  });

  test('goes on with the other families when a template is broken, and tells its file and line', async () => {
    const templates = mkdtempSync(join(tmpdir(), 'micado-own-templates-'));
    writeFileSync(join(templates, 'service-memory.rules.yml.hbs'), '{{header}}\n\n{{nonsense}}\n');
    const own = readFileSync(
      new URL('../../../templates/service-cpu.rules.yml.hbs', import.meta.url),
      'utf8',
    );
    writeFileSync(
      join(templates, 'service-cpu.rules.yml.hbs'),
      own.replace('# CPU of', '# Changed here: CPU of'),
    );
    await using bench = await startRulegenBench({ config: { 'templates.dir': templates } });
    const { state } = bench.engine;
    state.createService({ name: 'web', cpuLimitCores: 1 });
    state.createService({ name: 'cache', memoryLimitBytes: 1e8, labels: { 'micado.metric': 'memory' } });
    await untilRuns(bench, 'cluster', 'service-web');
    expect(readFileSync(join(bench.rulesDir, 'service-web.yml'), 'utf8')).toContain('# Changed here: CPU of');
    expect(await serviceNamed(bench.url, 'cache')).toMatchObject({
      state: 'quarantined',
      problems: [
        {
          severity: 'error',
          where: 'service-cache.yml',
          message: 'service-memory.rules.yml.hbs:3: "nonsense" not defined',
        },
      ],
    });
    const quarantined = 'micado_rulegen_rule_file_quarantined{file="service-cache.yml"}';
    expect(await metricValue(bench.url, quarantined)).toBe(1);
    rmSync(templates, { recursive: true, force: true });
  });
});
