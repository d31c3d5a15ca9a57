import { describe, expect, test } from '@jest/globals';
import { createMemoryJournal, KEPT_IN_MEMORY } from '../../../executor/adapters/memory-decision-journal.ts';
import { hold, type ScaleDecision } from '../../../executor/core/decision.ts';
import { recordDecision } from '../../../executor/core/decision-record.ts';
import { queryDecisions } from '../../../executor/core/query-decisions.ts';
import { createDecisionLog, type DecisionLog } from '../../../executor/decision-log.ts';
import type { DecisionJournal } from '../../../executor/ports.ts';
import { silentLogger } from '../../../internal/daemon/logger.ts';
import { createManualClock } from '../../fakes/manual-clock.ts';
import { NOW_MS } from './builders.ts';

const INPUTS = { service_id: 'service1', replicas: 2 };
const scale: ScaleDecision = {
  kind: 'scale',
  from: 2,
  to: 3,
  direction: 'up',
  reason: 'overloaded',
  clamps: [],
  alert: 'a',
  alertActiveAtMs: NOW_MS,
};

function aLog(journal: DecisionJournal = createMemoryJournal()) {
  const counted: string[] = [];
  const log: DecisionLog = createDecisionLog({
    journal,
    clock: createManualClock(NOW_MS),
    logger: silentLogger,
    onDecision: ({ reason }) => void counted.push(reason),
    onOutsideChange: (reason) => void counted.push(reason),
  });
  return { log, counted };
}

describe('the decision log', () => {
  test('counts repeats, and keeps only what acts or changes', async () => {
    const { log, counted } = aLog();
    for (const reason of ['cooldown', 'cooldown', 'at_max'] as const)
      await log.add('docker/web', hold(reason, ''), INPUTS);
    for (let times = 0; times < 2; times += 1) await log.add('docker/web', scale, INPUTS);
    expect(counted).toEqual(['cooldown', 'cooldown', 'at_max', 'overloaded', 'overloaded']);
    expect(log.recent().map(({ reason }) => reason)).toEqual([
      'cooldown',
      'at_max',
      'overloaded',
      'overloaded',
    ]);
  });

  test('tells its listeners of each entry until they leave', async () => {
    const { log } = aLog();
    const heard: number[] = [];
    const leave = log.listen(({ id }) => void heard.push(id));
    await log.add('docker/web', scale, INPUTS);
    leave();
    await log.add('docker/web', scale, INPUTS);
    expect(heard).toEqual([NOW_MS]);
  });

  test('does not take what others did for the last verdict', async () => {
    const { log } = aLog();
    await log.add('docker/web', hold('cooldown', ''), INPUTS);
    await log.notice('docker/web', { reason: 'scaled_by_others', from: 2, to: 6, serviceId: 'service1' });
    expect(log.targets()[0]?.last.reason).toBe('cooldown');
    await log.add('docker/web', hold('cooldown', ''), { ...INPUTS, replicas: 6 });
    expect(log.recent().map(({ kind }) => kind)).toEqual(['hold', 'outside']);
    expect(log.replicasOf('docker/web')).toMatchObject({ seen: 6, meant: 6 });
  });

  test('looks once for replicas that only the old part of the journal knows, also after Docker was away', async () => {
    const old = createMemoryJournal();
    await old.append(recordDecision('docker/web', scale, INPUTS, NOW_MS));
    let searches = 0;
    const journal: DecisionJournal = {
      ...createMemoryJournal(),
      async search(query) {
        searches += 1;
        return queryDecisions(old.recent(), query);
      },
    };
    const { log } = aLog(journal);
    await log.add('docker/web', hold('docker_away', ''), {});
    for (let times = 0; times < 2; times += 1)
      expect(await log.recall('docker/web')).toMatchObject({ seen: 3, meant: 3 });
    expect(await log.recall('docker/none')).toBeUndefined();
    await log.recall('docker/none');
    expect(searches).toBe(2);
  });

  test('forgets the targets that were not looked at for longest, and is bounded by that', async () => {
    const { log } = aLog();
    for (let index = 0; index < 5_100; index += 1)
      await log.add(`docker/s${index}`, hold('not_firing', ''), INPUTS);
    expect(log.targets()).toHaveLength(5_000);
    expect(log.targets()[0]?.target).toBe('docker/s100');
    expect(log.replicasOf('docker/s99')).toBeUndefined();
    expect(log.recent()).toHaveLength(KEPT_IN_MEMORY);
  });
});
