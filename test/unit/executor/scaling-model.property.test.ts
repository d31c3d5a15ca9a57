/**
 * Whatever happens around the executor, in whatever order: what it does stays within its rules, and its journal explains
 * every change of replicas.
 */
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { JournalEntry } from '../../../executor/core/journal-entry.ts';
import { byAnotherExecutor } from '../../fakes/memory-service.ts';
import { anAlert } from './builders.ts';
import { createSimulation, type Simulation } from './simulated-executor.ts';

type Model = Record<string, never>;
type Happening = fc.AsyncCommand<Model, Simulation>;

/** Something happens, and then the executor looks or it does not. */
function happening(name: string, act: (simulation: Simulation) => void | Promise<void>): Happening {
  return {
    check: () => true,
    run: async (_model, simulation) => await act(simulation),
    toString: () => name,
  };
}

const soon = fc.constantFrom(0, 100, 900, 5_000, 31_000, 121_000);
const count = fc.integer({ min: 0, max: 15 });
const looks = fc.integer({ min: 1, max: 3 }).map((times) =>
  happening(`look ${times} times`, async ({ look }) => {
    for (let turn = 0; turn < times; turn += 1) await look();
  }),
);
const alerts = fc
  .record({
    kinds: fc.subarray(['overloaded', 'underloaded', 'out_of_bounds']),
    value: fc.constantFrom(0, 5, 45, 95, 400, Number.NaN),
    min: fc.constantFrom('0', '1', '2'),
    max: fc.constantFrom('1', '4', '8', '40'),
    step: fc.constantFrom('1', '3', '50%'),
    cooldown: fc.constantFrom('1s', '30s', '2m'),
    strategy: fc.constantFrom('step', 'target'),
    metric: fc.constantFrom('cpu', 'query'),
    scaleup: fc.constantFrom('', '80'),
  })
  .map(({ kinds, value, ...annotations }) =>
    happening(`alerts ${kinds.join()} ${value} ${JSON.stringify(annotations)}`, ({ world, now }) => {
      world.alerts = kinds.map((kind) => anAlert(kind, { value, annotations, activeAtMs: now() }));
    }),
  );
const silence = fc.constantFrom(true, false, false).map((isSilenced) =>
  happening(`silenced ${isSilenced}`, ({ world }) => {
    const matchers = [{ name: 'application', value: 'web', isRegex: false, isEqual: true }];
    const one = { id: 's1', startsAtMs: 0, endsAtMs: Number.POSITIVE_INFINITY, matchers };
    // One that is down takes no silences.
    if (!world.isAlertmanagerAway) world.silences = isSilenced ? [one] : [];
  }),
);
const parts = fc.constantFrom('nothing', 'nothing', 'Prometheus', 'Alertmanager', 'Docker').map((away) =>
  happening(`away: ${away}`, ({ world, service }) => {
    world.isPrometheusAway = away === 'Prometheus';
    world.isAlertmanagerAway = away === 'Alertmanager';
    service.isAway = away === 'Docker';
  }),
);
const others = fc
  .tuple(fc.constantFrom('scale', 'deploy', 'another executor'), count)
  .map(([what, replicas]) =>
    happening(`${what} ${replicas}`, ({ service, now }) => {
      if (what === 'scale') service.scaleByHand(replicas);
      else if (what === 'deploy') service.deploy(replicas);
      else byAnotherExecutor(service, replicas, now());
    }),
  );
const rare = fc.constantFrom(
  happening('update of a label', ({ service }) =>
    service.update({ labels: { ...service.status().labels, others: 'x' } }),
  ),
  happening('rollback', ({ service }) => service.rollback()),
  happening('removed and created anew', ({ service }) => service.recreate(2)),
  happening('rolling update', ({ service }) => service.setUpdateState('updating')),
  happening('rolling update ends', ({ service }) => service.setUpdateState('completed')),
  happening('tasks start', ({ service }) => service.setTasks(service.status().replicas ?? 0, 0)),
  happening('tasks wait', ({ service }) => service.setTasks(0, 1)),
  happening('restart', ({ restart }) => restart()),
  ...(['conflict', 'lost answer', 'kill'] as const).map((spoil) =>
    happening(`next change: ${spoil}`, ({ service }) => {
      service.spoilNext = spoil;
    }),
  ),
  ...[true, false, false].map((isPaused) =>
    happening(`paused ${isPaused}`, ({ world }) => {
      world.isPaused = isPaused;
    }),
  ),
);
const time = fc.oneof(
  { weight: 4, arbitrary: soon.map((ms) => happening(`${ms} ms pass`, ({ moveClock }) => moveClock(ms))) },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom(-3_600_000, -60_000, 3_600_000)
      .map((ms) => happening(`the clock jumps by ${ms} ms`, ({ moveClock }) => moveClock(ms))),
  },
);

/** Each change has a record, and each record begins where the one before ended. */
function replay(entries: readonly JournalEntry[]): number | undefined {
  let replicas: number | undefined;
  let serviceId: unknown;
  for (const { kind, from, to, inputs } of entries) {
    const { service_id: id = serviceId, replicas: seen } = inputs;
    if (id !== serviceId) replicas = undefined;
    serviceId = id;
    const before = kind === 'scale' || kind === 'outside' ? from : seen;
    if (replicas !== undefined && typeof before === 'number') expect(before).toBe(replicas);
    if (typeof before === 'number') replicas = before;
    if (kind === 'scale' || kind === 'outside') replicas = to;
  }
  return replicas;
}

const ALWAYS = ['out_of_bounds', 'overloaded', 'underloaded'];

test.each<readonly [labels: Readonly<Record<string, string>>, reasons: readonly string[]]>([
  [{ 'micado.keep': 'true' }, ['kept', ...ALWAYS]],
  [{}, ALWAYS],
])(
  'a service with labels %j is scaled for the reasons %j and within the rules, and its journal explains all of it',
  async (fileLabels, reasons) => {
    const acted: string[] = [];
    await fc.assert(
      fc.asyncProperty(
        fc.commands([looks, looks, looks, looks, alerts, alerts, silence, parts, others, rare, time, time], {
          maxCommands: 60,
          size: 'max',
        }),
        async (commands) => {
          const simulation = createSimulation(fileLabels);
          await fc.asyncModelRun(() => ({ model: {}, real: simulation }), commands);
          const { service, world, actions } = simulation;
          service.isAway = false;
          service.spoilNext = undefined;
          world.isPaused = false;
          await simulation.look();
          expect(replay(simulation.entries())).toBe(service.status().replicas);
          acted.push(...actions.map(({ decision }) => decision.reason));
        },
      ),
      { numRuns: 600 },
    );
    expect([...new Set(acted)].toSorted()).toEqual(reasons);
    expect(acted.length).toBeGreaterThan(200);
  },
  60_000,
);
