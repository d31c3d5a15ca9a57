import { describe, expect, test } from '@jest/globals';
import { describeStatus } from '../../../../deploy/core/describe-status.ts';
import { COLOURS, PLAIN } from '../../../../deploy/core/look.ts';
import type { PoolRow, ServiceRow, StackStatus } from '../../../../deploy/core/stack-status.ts';

const NOW_MS = Date.parse('2026-01-01T12:00:00Z');
const decision = { time: '2026-01-01T11:58:30.250Z', kind: 'hold', reason: 'in_flight' };

const aPool = (overrides: Partial<PoolRow> = {}): PoolRow => ({
  infra: 'infra',
  node: 'worker',
  min: 1,
  max: 3,
  target: 2,
  actual: 2,
  ready: 1,
  in_flight: 'vm-2 is booting',
  last_decision: { ...decision, detail: 'vm-2 is booting' },
  ...overrides,
});
const aService = (overrides: Partial<ServiceRow> = {}): ServiceRow => ({
  service: 'web',
  state: 'scaled',
  replicas: 3,
  running: 2,
  min: 1,
  max: 5,
  last_decision: { ...decision, kind: 'scale', reason: 'overloaded', from: 2, to: 3 },
  ...overrides,
});
const aStatus = (overrides: Partial<StackStatus> = {}): StackStatus => ({
  state_dir: '/s',
  pools: [aPool()],
  services: [aService()],
  notices: ['all is paused'],
  ...overrides,
});

describe('the status in words', () => {
  test('has a table of pools and one of services', () => {
    expect(describeStatus(aStatus(), PLAIN, NOW_MS)).toBe(
      `!! all is paused

pool          min  max  target  actual  ready  under way        last decision
infra/worker  1    3    2       2       1      vm-2 is booting  hold in_flight, 1m29s ago: vm-2 is booting

service  state   replicas  running  min  max  last decision
web      scaled  3         2        1    5    scale overloaded 2 → 3, 1m29s ago
`,
    );
  });

  test('says so where there is nothing', () => {
    const text = describeStatus(aStatus({ pools: [], services: [], notices: [] }), PLAIN, NOW_MS);
    expect(text).toBe('no pools of workers (policy.yaml: workers)\n\nno services\n');
  });

  test('puts the last decision below where it finds no room beside', () => {
    const text = describeStatus(aStatus({ notices: [] }), { ...PLAIN, columns: 60 }, NOW_MS);
    expect(text).toBe(
      `pool          min  max  target  actual  ready  under way
infra/worker  1    3    2       2       1      vm-2 is boot…
    hold in_flight, 1m29s ago: vm-2 is booting

service  state   replicas  running  min  max
web      scaled  3         2        1    5
    scale overloaded 2 → 3, 1m29s ago
`,
    );
  });

  test('is coloured by what it means', () => {
    const services = [
      aService(),
      aService({ service: 'wrong', state: 'quarantined: micado.max', running: 3, last_decision: null }),
    ];
    const text = describeStatus(aStatus({ services }), COLOURS, NOW_MS);
    expect(text).toContain('\u001b[31m!! \u001b[0mall is paused');
    expect(text).toContain('\u001b[31mquarantined: micado.max\u001b[0m');
    expect(text).toContain('\u001b[33m2\u001b[0m');
    expect(text).toContain('\u001b[32mscale overloaded 2 → 3, 1m29s ago\u001b[0m');
  });
});
