import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { planRuleChanges, type StoredFile } from '../../../../rulegen/core/plan-rule-changes.ts';

const none = new Set<string>();

describe('changes of the rules folder', () => {
  test('write what is missing or differs, keep what is the same', () => {
    const stored = [
      { name: 'cluster.yml', ownText: 'c' },
      { name: 'service-a.yml', ownText: 'old' },
    ];
    const wanted = [
      { name: 'cluster.yml', text: 'c' },
      { name: 'service-a.yml', text: 'new' },
      { name: 'service-b.yml', text: 'b' },
    ];
    expect(planRuleChanges(stored, wanted, none)).toEqual([
      { kind: 'keep', file: 'cluster.yml', reason: 'same' },
      { kind: 'write', file: 'service-a.yml', text: 'new', reason: 'changed' },
      { kind: 'write', file: 'service-b.yml', text: 'b', reason: 'new' },
    ]);
  });

  test('delete what nobody wants, and keep the last good file of what is held', () => {
    const stored = [
      { name: 'service-gone.yml', ownText: 'x' },
      { name: 'service-held.yml', ownText: 'y' },
    ];
    expect(planRuleChanges(stored, [], new Set(['service-held.yml', 'service-never.yml']))).toEqual([
      { kind: 'delete', file: 'service-gone.yml', reason: 'not_wanted' },
      { kind: 'keep', file: 'service-held.yml', reason: 'last_good' },
    ]);
  });

  test('leave our mark alone under a name that rulegen never gives', () => {
    expect(planRuleChanges([{ name: 'copy-of-web.yml', ownText: 'x' }], [], none)).toEqual([]);
  });

  test('never touch a foreign file, and are done after one application', () => {
    const name = fc.constantFrom(
      'cluster.yml',
      'service-a.yml',
      'service-b.yml',
      'workers-w.yml',
      'theirs.yml',
    );
    const text = fc.constantFrom('1', '2');
    const files = fc.uniqueArray(fc.record({ name, ownText: fc.option(text, { nil: undefined }) }), {
      selector: (file) => file.name,
    });
    const wanted = fc.uniqueArray(fc.record({ name, text }), { selector: (file) => file.name });
    fc.assert(
      fc.property(files, wanted, fc.uniqueArray(name), (stored, want, held) => {
        const changes = planRuleChanges(stored, want, new Set(held));
        const after = new Map(stored.map((file): [string, StoredFile] => [file.name, file]));
        for (const change of changes) {
          if (change.kind === 'keep') continue;
          const before = stored.find((file) => file.name === change.file);
          expect(before === undefined || before.ownText !== undefined).toBe(true);
          if (change.kind === 'write') after.set(change.file, { name: change.file, ownText: change.text });
          else after.delete(change.file);
        }
        const again = planRuleChanges([...after.values()], want, new Set(held));
        expect(again.filter(({ kind }) => kind !== 'keep')).toEqual([]);
      }),
    );
  });
});
