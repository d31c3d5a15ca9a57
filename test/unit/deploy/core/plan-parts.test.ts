import { describe, expect, test } from '@jest/globals';
import { planParts } from '../../../../deploy/core/plan-parts.ts';
import { layOutStack, PART_NAMES } from '../../../../deploy/core/stack-layout.ts';
import { executorFlags } from '../../../../executor/config.ts';
import { exporterFlags } from '../../../../exporter/config.ts';
import { parseFlags } from '../../../../internal/daemon/flags.ts';
import { rulegenFlags } from '../../../../rulegen/config.ts';

const parts = planParts({
  layout: layOutStack('/state'),
  ports: { prometheus: 1, alertmanager: 2, rulegen: 3, exporter: 4, executor: 5 },
  programs: {
    prometheus: ['/bin/prometheus'],
    alertmanager: ['/bin/alertmanager'],
    rulegen: ['node', 'rulegen.js'],
    exporter: ['node', 'exporter.js'],
    executor: ['node', 'executor.js'],
  },
  scrapeIntervalMs: 1_500,
  dockerHost: 'unix:///d.sock',
  providerFlags: ['--occopus.url=http://127.0.0.1:5000'],
  workerExporterPort: 9_300,
  machineCgroup: '/m1',
  consul: { url: 'http://10.0.0.5:8500', tokenFile: '/token', discovers: false },
});
const commandOf = (name: string): readonly string[] =>
  parts.find((part) => part.name === name)?.command ?? [];

describe('planParts', () => {
  test('plans every part once, each with an address, a log and a pid file of its own', () => {
    expect(parts.map(({ name }) => name)).toEqual(PART_NAMES);
    for (const key of ['url', 'logFile', 'pidFile'] as const)
      expect(new Set(parts.map((part) => part[key])).size).toBe(parts.length);
  });

  test('listens on loopback only', () => {
    const listening = parts.map(({ command }) => command.find((word) => word.includes('listen-address=')));
    const addresses = parts
      .flatMap(({ command }) => command)
      .filter((word) => word.startsWith('--web.listen'));
    expect(listening).not.toContain(undefined);
    expect(addresses.filter((word) => !word.startsWith('--web.listen-address=127.0.0.1:'))).toEqual([]);
    expect(commandOf('alertmanager')).toContain('--cluster.listen-address=');
  });

  test('has Prometheus send again after one interval what a reload dropped', () => {
    expect(commandOf('prometheus')).toContain('--rules.alert.resend-delay=1s500ms');
    expect(commandOf('prometheus')).toContain('--web.enable-lifecycle');
  });

  test.each([
    ['rulegen', rulegenFlags],
    ['exporter', exporterFlags],
    ['executor', executorFlags],
  ] as const)('gives %s only flags that it has, with values that it takes', (name, flags) => {
    expect(parseFlags(flags, commandOf(name).slice(2), {})).toMatchObject({ kind: 'run' });
  });

  test('tells the executor who runs worker VMs, and rulegen where their exporters are', () => {
    expect(commandOf('executor')).toContain('--occopus.url=http://127.0.0.1:5000');
    expect(commandOf('rulegen')).toContain('--exporter.port=9300');
    expect(commandOf('exporter')).toContain('--machine.cgroup=/m1');
  });

  test('tells each binary of Consul, and no other part', () => {
    const told = parts.filter(({ command }) => command.includes('--consul.url=http://10.0.0.5:8500'));
    expect(told.map(({ name }) => name).toSorted()).toEqual(['executor', 'exporter', 'rulegen']);
    expect(told.every(({ command }) => command.includes('--consul.token-file=/token'))).toBe(true);
  });

  test('guards what takes commands by the token file', () => {
    for (const name of ['rulegen', 'executor'])
      expect(commandOf(name)).toContain('--web.config.file=/state/web.yml');
  });
});
