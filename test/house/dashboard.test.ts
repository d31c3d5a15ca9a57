/** The Grafana dashboard asks for what somebody exports: names are equal on both sides, or a panel stays empty for ever. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { Registry } from 'prom-client';
import { createExecutorMetrics } from '../../executor/metrics.ts';
import { OWN_FAMILIES } from '../../exporter/metrics.ts';
import * as contract from '../../internal/contract/metrics.ts';
import { createRulegenMetrics } from '../../rulegen/metrics.ts';
import { NOTHING_TO_WATCH } from '../nothing-to-watch.ts';
import { dashboard, dashboardQueries } from './dashboard-queries.ts';
import { ROOT } from './source-files.ts';

/** Prometheus' own. */
const OF_PROMETHEUS = ['up', 'ALERTS'];
const PANEL_LEGEND = /\{\{(\w+)\}\}/g;

/** A series' name: what is neither a label, nor text, nor called. */
function namesIn(expr: string): readonly string[] {
  const bare = expr
    .replaceAll(/"[^"]*"/g, '""')
    .replaceAll(/\{[^}]*\}/g, '')
    .replaceAll(/\[[^\]]*\]/g, '')
    .replaceAll(/\b(by|on|without|ignoring)\s*\([^)]*\)/g, '');
  const words = bare.match(/(?<![\w$.])[a-zA-Z_:][\w:]*(?!\w*\s*\()/g) ?? [];
  return words.filter((word) => !['and', 'or', 'unless', 'offset', 'by', 'on', 's', 'm'].includes(word));
}

async function exported(): Promise<ReadonlySet<string>> {
  const executor = new Registry();
  createExecutorMetrics(executor).watch(NOTHING_TO_WATCH);
  const rulegen = createRulegenMetrics();
  rulegen.watch({
    services: () => [],
    quarantined: () => new Set<string>(),
    problems: () => 0,
    policyOk: () => true,
    dockerConnected: () => true,
    leading: () => true,
    lastSuccessMs: () => 0,
    prometheus: () => [],
  });
  const ofRegistries = await Promise.all(
    [executor, rulegen.registry].map(async (registry) =>
      (await registry.getMetricsAsJSON()).flatMap(({ name, type }) =>
        String(type) === 'histogram' ? ['_bucket', '_sum', '_count'].map((end) => name + end) : [name],
      ),
    ),
  );
  const scrapes = join(ROOT, 'test/golden/exporter');
  const ofExporter = readdirSync(scrapes, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('/out.prom'))
    .flatMap((path) => readFileSync(join(scrapes, path), 'utf8').match(/(?<=^# TYPE )\w+/gm) ?? []);
  return new Set([
    ...ofRegistries.flat(),
    ...ofExporter,
    ...OWN_FAMILIES.map(({ name }) => name),
    ...OF_PROMETHEUS,
  ]);
}

describe('the Grafana dashboard', () => {
  test('names only metrics that somebody exports', async () => {
    const known = await exported();
    const unknown = dashboardQueries.flatMap(({ where, expr }) =>
      namesIn(expr)
        .filter((name) => !known.has(name))
        .map((name) => `${where}: ${name}`),
    );
    expect(unknown).toEqual([]);
    expect(dashboardQueries.filter(({ expr }) => namesIn(expr).length === 0)).toEqual([]);
  });

  test('shows all by which the binaries meet in Prometheus, but for a few of which others say more', () => {
    const shown = new Set(dashboardQueries.flatMap(({ expr }) => namesIn(expr)));
    const names = [
      contract.CONTAINER_METRIC,
      contract.MACHINE_METRIC,
      contract.SWARM_METRIC,
      contract.RULEGEN_METRIC,
      contract.EXECUTOR_METRIC,
    ].flatMap((group): readonly string[] => Object.values(group));
    expect(names.filter((name) => !shown.has(name)).toSorted()).toEqual([
      'container_last_seen',
      'container_start_time_seconds',
      'micado_rulegen_service_info',
      'micado_rulegen_service_rule_off',
      'swarm_node_availability',
      'swarm_node_info',
      'swarm_service_info',
      'swarm_tasks',
    ]);
  });

  test('has names for lines only of labels that their queries keep', () => {
    const lost = dashboard.panels.flatMap(({ title, targets }) =>
      targets.flatMap(({ expr, legendFormat }) =>
        [...legendFormat.matchAll(PANEL_LEGEND)]
          .map(([, label = '']) => label)
          .filter((label) => /\b(by|sum|max|min|count)\b/.test(expr) && !keeps(expr, label))
          .map((label) => `${title}: ${label}`),
      ),
    );
    expect(lost).toEqual([]);
  });

  test('has panels that stand beside each other, each once, and each with something to ask', () => {
    const ids = dashboard.panels.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(dashboard.panels.filter(({ type, targets }) => type !== 'row' && targets.length === 0)).toEqual(
      [],
    );
    const cells = dashboard.panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, cell) => `${x + (cell % w)},${y + Math.floor(cell / w)}`),
    );
    expect(new Set(cells).size).toBe(cells.length);
    expect(Math.max(...dashboard.panels.map(({ gridPos: { x, w } }) => x + w))).toBe(24);
  });
});

const keeps = (expr: string, label: string): boolean =>
  [...expr.matchAll(/\bby\s*\(([^)]*)\)/g)].some(([, labels = '']) => labels.split(/,\s*/).includes(label));
