import { describe, expect, test } from '@jest/globals';
import { parseExplanation, parseStatus } from '../../../../deploy/core/executor-answers.ts';
import { type JudgedService, noticesOf, poolRow, serviceRow } from '../../../../deploy/core/stack-status.ts';

const decision = {
  time: '2026-01-01T11:58:30.250Z',
  kind: 'hold',
  reason: 'in_flight',
  detail: 'vm-2 is booting',
};
const pool = (overrides: object = {}) =>
  parseExplanation({
    target: 'VM/infra/worker',
    now: decision,
    bounds: { min: 1, max: 3, rule: { min: 1, max: 3 }, differ: false },
    provider: {
      name: 'occopus',
      target: 2,
      vms: [
        { id: 'vm-1', addresses: ['10.0.0.1'], state: 'ready' },
        { id: 'vm-2', addresses: [], state: 'booting' },
      ],
      state: 'in_flight',
      waits_for: 'vm-2 is booting',
    },
    nodes: [
      { hostname: 'w1', vm: 'vm-1', state: 'ready', availability: 'active', scraped: true },
      { hostname: 'w9', vm: null, state: 'down', availability: 'active', scraped: false },
    ],
    drain: null,
    ...overrides,
  });
const row = (overrides: object = {}) => poolRow('VM/infra/worker', pool(overrides), decision);

describe('a pool', () => {
  test('has its bounds, what the provider was asked for and has, and the workers that work', () => {
    expect(row()).toEqual({
      infra: 'infra',
      node: 'worker',
      min: 1,
      max: 3,
      target: 2,
      actual: 2,
      ready: 1,
      in_flight: 'vm-2 is booting',
      last_decision: decision,
    });
  });

  test.each([
    ['a VM without a node', { hostname: 'w2', vm: 'vm-2', state: 'down', scraped: true }],
    ['a node that is not scraped', { hostname: 'w2', vm: 'vm-2', state: 'ready', scraped: false }],
    ['a node without a VM', { hostname: 'w2', vm: null, state: 'ready', scraped: true }],
  ])('counts %s for no worker that works', (_title, node) => {
    expect(row({ nodes: [{ availability: 'active', ...node }] })?.ready).toBe(0);
  });

  test('says which worker leaves', () => {
    const provider = { name: 'occopus', target: 2, vms: [], state: 'settled' };
    expect(row({ provider, drain: { node: 'w1', phase: 'moving' } })?.in_flight).toBe('w1 leaves: moving');
  });

  test('has no numbers while the provider is away', () => {
    expect(row({ provider: { name: 'occopus', problem: 'HTTP 500' } })).toMatchObject({
      target: null,
      actual: null,
      ready: null,
      in_flight: 'HTTP 500',
    });
    expect(poolRow('VM/infra/worker', undefined, null)).toMatchObject({ target: null, min: null });
  });

  test('is no service', () => {
    expect(poolRow('docker/web', pool(), null)).toBeUndefined();
  });
});

const web: JudgedService = { name: 'web', state: 'scaled', reason: '', min: 1, max: 5 };
const service = parseExplanation({
  target: 'docker/web',
  now: decision,
  service: { replicas: 3, running: 2 },
});

describe('a service', () => {
  test('has its replicas and bounds', () => {
    expect(serviceRow(web, service, null)).toEqual({
      service: 'web',
      state: 'scaled',
      replicas: 3,
      running: 2,
      min: 1,
      max: 5,
      last_decision: null,
    });
  });

  test('says why it is not scaled, and has no bounds then', () => {
    const global = { ...web, state: 'not_scaled', reason: 'global' };
    expect(serviceRow(global, undefined, null)).toMatchObject({
      state: 'not_scaled: global',
      replicas: null,
      min: null,
    });
  });
});

test('pauses, a dry run and parts that are away are said first', () => {
  const status = parseStatus({
    dry_run: true,
    paused: { all: { reason: '' }, targets: { 'VM/infra/worker': { reason: 'micado destroy' } } },
    parts: { docker: { state: 'ok' }, prometheus: { state: 'away', problem: 'refused' } },
  });
  expect(status === undefined ? [] : noticesOf(status)).toEqual([
    'the executor runs with --dry-run: it changes nothing',
    'all actions are paused',
    'VM/infra/worker is paused (micado destroy)',
    'the executor does not reach prometheus: refused',
  ]);
});
