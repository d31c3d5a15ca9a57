import { expect, test } from '@jest/globals';
import { hold, type ScaleDecision } from '../../../../executor/core/decision.ts';
import {
  type DecisionRecord,
  recordDecision,
  recordOutsideChange,
} from '../../../../executor/core/decision-record.ts';
import type { OutsideReason } from '../../../../executor/core/reasons.ts';
import { recallReplicas } from '../../../../executor/core/replica-memory.ts';
import { NOW_MS } from '../builders.ts';

const seenAt = (replicas: number, service = 'service1'): DecisionRecord =>
  recordDecision('docker/web', hold('cooldown', ''), { service_id: service, replicas }, NOW_MS);
const scaledTo = (to: number): DecisionRecord => {
  const decision: ScaleDecision = {
    kind: 'scale',
    from: to - 1,
    to,
    direction: 'up',
    reason: 'overloaded',
    clamps: [],
    alert: 'a',
    alertActiveAtMs: 0,
  };
  return recordDecision('docker/web', decision, { service_id: 'service1', replicas: to - 1 }, NOW_MS);
};
const outside = (reason: OutsideReason, to: number): DecisionRecord =>
  recordOutsideChange('docker/web', { reason, from: 0, to, serviceId: 'service1' }, NOW_MS);
const away = recordDecision('docker/web', hold('docker_away', ''), {}, NOW_MS);

test.each<readonly [what: string, records: readonly DecisionRecord[], memory: object | undefined]>([
  ['nothing about no records', [], undefined],
  ['nothing where Docker was never reached', [away], undefined],
  ['what was seen first', [seenAt(2)], { seen: 2, meant: 2, actedAtMs: undefined }],
  ['what the executor set', [seenAt(2), scaledTo(3), away], { seen: 3, meant: 3, actedAtMs: NOW_MS }],
  [
    'what a person set',
    [scaledTo(3), outside('scaled_by_others', 6)],
    { seen: 6, meant: 6, actedAtMs: NOW_MS },
  ],
  [
    'what was meant before a deploy, however often it is looked at since',
    [scaledTo(5), outside('reset_by_deploy', 2), seenAt(2), outside('reset_by_deploy', 1)],
    { seen: 1, meant: 5, actedAtMs: NOW_MS },
  ],
  [
    'nothing of an earlier service of the name',
    [scaledTo(5), seenAt(1, 'service2')],
    { serviceId: 'service2', seen: 1, meant: 1, actedAtMs: undefined },
  ],
])('the journal remembers %s', (_what, records, memory) => {
  if (memory === undefined) expect(recallReplicas(records)).toBeUndefined();
  else expect(recallReplicas(records)).toMatchObject(memory);
});
