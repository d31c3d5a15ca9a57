import { describe, expect, test } from '@jest/globals';
import { silentLogger } from '../../../internal/daemon/logger.ts';
import type { RuleChange } from '../../../rulegen/core/plan-rule-changes.ts';
import { createProbation } from '../../../rulegen/probation.ts';
import { createMemoryRuleStore } from '../../fakes/memory-rule-store.ts';

const write = (file: string): RuleChange => ({ kind: 'write', file, text: 'new', reason: 'changed' });
const removal: RuleChange = { kind: 'delete', file: 'alerts-old.yml', reason: 'not_wanted' };
const away = () => Promise.resolve(false);
const there = () => Promise.resolve(true);

function aProbation({ ownTemplates = false } = {}) {
  const store = createMemoryRuleStore();
  const start = () => createProbation(store, { ownTemplates }, silentLogger);
  return { store, start, probation: start() };
}

describe('files that may not load', () => {
  test('are not written while no Prometheus answers; all others are', async () => {
    const { store, probation } = aProbation();
    const changes = [write('alerts-web.yml'), write('service-web.yml'), removal];
    expect(await probation.admit(changes, away)).toEqual([write('service-web.yml'), removal]);
    expect(await store.readProbation()).toEqual([]);
    expect(await probation.admit(changes, there)).toEqual(changes);
    expect(await store.readProbation()).toEqual(['alerts-web.yml']);
  });

  test('are all files where a template is the operator’s own', async () => {
    const { probation } = aProbation({ ownTemplates: true });
    expect(await probation.admit([write('service-web.yml'), removal], away)).toEqual([removal]);
  });

  test('go back to what loaded last when Prometheus goes away, or else away', async () => {
    const { store, probation } = aProbation();
    const changes = [write('alerts-web.yml'), write('alerts-api.yml')];
    await probation.admit(changes, there);
    for (const { file } of changes) await store.write(file, 'new');
    await probation.fail(new Map([['alerts-web.yml', 'old']]));
    expect([...store.files]).toEqual([['alerts-web.yml', 'old']]);
    expect(await store.readProbation()).toEqual([]);
  });

  test('are known to the successor of a rulegen that was killed', async () => {
    const { store, start, probation } = aProbation();
    await probation.admit([write('alerts-web.yml')], there);
    await store.write('alerts-web.yml', 'new');
    await start().fail(new Map());
    expect([...store.files]).toEqual([]);
  });

  test('stay once a Prometheus has run them', async () => {
    const { store, probation } = aProbation();
    await probation.admit([write('alerts-web.yml')], there);
    await store.write('alerts-web.yml', 'new');
    await probation.pass();
    await probation.fail(new Map());
    expect([...store.files.keys()]).toEqual(['alerts-web.yml']);
  });
});
