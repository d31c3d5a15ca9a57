import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { decideScaling } from '../../../../executor/core/decide-scaling.ts';
import {
  describeInputs,
  parseDecisionRecord,
  recordDecision,
} from '../../../../executor/core/decision-record.ts';
import { REASONS } from '../../../../executor/core/reasons.ts';
import { ALERT_ANNOTATION } from '../../../../internal/contract/alerts.ts';
import { anAlert, aService, aWorld, LIMITS, NOW_MS, scaled } from '../builders.ts';

const kinds = fc.constantFrom('overloaded', 'underloaded', 'out_of_bounds');
const replicas = fc.integer({ min: 1, max: 150 });
const value = fc.oneof(fc.double({ min: 0, max: 500 }), fc.double());
const anyText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom('', '0', '-1', '1e3', 'NaN', '50%', '0%', '3', '10000y', '99999999999', 'target', 'query'),
);
const anyAnnotations = fc.dictionary(fc.constantFrom(...Object.values(ALERT_ANNOTATION)), anyText);
const soundAnnotations = fc
  .record({
    min: fc.integer({ min: 0, max: 20 }),
    span: fc.integer({ min: 0, max: 200 }),
    step: fc.constantFrom('1', '3', '50%', '200%', '1000'),
    strategy: fc.constantFrom('step', 'target'),
    metric: fc.constantFrom('cpu', 'query'),
    scaleup: fc.constantFrom('80', '1', ''),
    cooldown: fc.constantFrom('1s', '30s', '2m'),
  })
  .map(({ min, span, ...rest }) => ({ ...rest, min: String(min), max: String(Math.max(1, min + span)) }));

describe('whatever an alert says', () => {
  test('replicas end between min and max and under the ceiling, and move in the direction that is said', () => {
    let scales = 0;
    fc.assert(
      fc.property(kinds, replicas, value, soundAnnotations, (kind, n, v, annotations) => {
        const world = aWorld({
          alerts: [anAlert(kind, { value: v, annotations })],
          service: aService({ replicas: n }),
        });
        const decision = decideScaling(world, LIMITS, NOW_MS);
        if (decision.kind !== 'scale') return;
        scales += 1;
        expect(decision.to).toBeLessThanOrEqual(Math.min(Number(annotations.max), LIMITS.maxReplicas));
        expect(decision.to).toBeGreaterThanOrEqual(Math.min(Number(annotations.min), LIMITS.maxReplicas));
        expect(Math.sign(decision.to - decision.from)).toBe(decision.direction === 'up' ? 1 : -1);
        expect(decision.from).toBe(n);
      }),
      { numRuns: 2_000 },
    );
    expect(scales).toBeGreaterThan(200);
  });

  test('more load never ends in fewer replicas', () => {
    let scales = 0;
    const ends = (n: number, v: number, annotations: Readonly<Record<string, string>>): number => {
      const kind = n % 2 === 0 ? 'overloaded' : 'underloaded';
      const alerts = [anAlert(kind, { value: v, annotations })];
      const decision = decideScaling(aWorld({ alerts, service: aService({ replicas: n }) }), LIMITS, NOW_MS);
      if (decision.kind === 'scale') scales += 1;
      return decision.kind === 'scale' ? decision.to : n;
    };
    const load = fc.double({ min: 0, max: 5_000, noNaN: true });
    fc.assert(
      fc.property(replicas, load, load, soundAnnotations, (n, a, b, annotations) => {
        const [less, more] = [Math.min(a, b), Math.max(a, b)];
        expect(ends(n, more, annotations)).toBeGreaterThanOrEqual(ends(n, less, annotations));
      }),
      { numRuns: 2_000 },
    );
    expect(scales).toBeGreaterThan(200);
  });

  test('a decision that is carried out is not followed by another one within the cool-down', () => {
    fc.assert(
      fc.property(
        kinds,
        replicas,
        value,
        soundAnnotations,
        fc.integer({ min: 0, max: 999 }),
        (kind, n, v, annotations, laterMs) => {
          const alerts = [anAlert(kind, { value: v, annotations })];
          const service = aService({ replicas: n });
          const decision = decideScaling(aWorld({ alerts, service }), LIMITS, NOW_MS);
          if (decision.kind !== 'scale') return;
          const after = aWorld({ alerts, service: scaled(service, decision.to, NOW_MS) });
          expect(decideScaling(after, LIMITS, NOW_MS + laterMs).kind).toBe('hold');
        },
      ),
      { numRuns: 1_000 },
    );
  });

  test('any text in the annotations gives exactly one verdict, whose reason is in the table and whose record can be read back', () => {
    fc.assert(
      fc.property(
        kinds,
        fc.integer({ min: 0, max: 150 }),
        value,
        anyAnnotations,
        (kind, n, v, annotations) => {
          const world = aWorld({
            alerts: [anAlert(kind, { value: v, annotations })],
            service: scaled(aService(), n, NOW_MS - 10_000),
          });
          const decision = decideScaling(world, LIMITS, NOW_MS);
          expect(REASONS[decision.reason].means).not.toBe('');
          const record = recordDecision('docker/web', decision, describeInputs(world, NOW_MS), NOW_MS);
          expect(parseDecisionRecord(JSON.stringify(record))).toEqual(JSON.parse(JSON.stringify(record)));
        },
      ),
      { numRuns: 2_000 },
    );
  });
});
