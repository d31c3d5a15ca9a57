import { describe, expect, test } from '@jest/globals';
import { createDecisionTable } from '../../../../deploy/core/decision-table.ts';
import type { JournalledDecision } from '../../../../deploy/core/executor-answers.ts';
import { COLOURS, PLAIN } from '../../../../deploy/core/look.ts';

const aDecision = (overrides: Partial<JournalledDecision> = {}): JournalledDecision => ({
  id: 1,
  time: '2026-01-01T12:00:00.250Z',
  target: 'docker/web',
  kind: 'scale',
  reason: 'overloaded',
  from: 1,
  to: 2,
  detail: 'web_overloaded asks for it',
  ...overrides,
});
const hold = aDecision({ kind: 'hold', reason: 'cooldown', from: undefined, detail: undefined });

describe('a table of decisions', () => {
  test('has a line for each, one under the other', () => {
    expect(createDecisionTable().rows([aDecision(), hold], PLAIN)).toBe(
      `2026-01-01 12:00:00Z  docker/web  scale overloaded 1 → 2  web_overloaded asks for it
2026-01-01 12:00:00Z  docker/web  hold cooldown
`,
    );
  });

  test('goes on as wide as it was', () => {
    const table = createDecisionTable();
    table.rows([aDecision({ target: 'docker/a-longer-name' })], PLAIN);
    expect(table.rows([aDecision()], PLAIN)).toContain('docker/web            scale overloaded 1 → 2  web');
  });

  test('has the time of day alone, and the detail below, where there is little room', () => {
    expect(createDecisionTable().rows([aDecision()], { ...PLAIN, columns: 60 })).toBe(
      `12:00:00Z  docker/web  scale overloaded 1 → 2
    web_overloaded asks for it
`,
    );
  });

  test.each([60, 80, 120])('is never wider than %d columns', (columns) => {
    const long = aDecision({ target: `VM/${'i'.repeat(60)}/worker`, detail: 'why '.repeat(60) });
    const text = createDecisionTable().rows([long], { ...PLAIN, columns });
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(columns);
  });

  test('is coloured by what it means', () => {
    const text = createDecisionTable().rows([aDecision(), aDecision({ kind: 'reject' }), hold], COLOURS);
    expect(text).toContain('\u001b[32mscale overloaded');
    expect(text).toContain('\u001b[31mreject overloaded');
    expect(text).toContain('  hold cooldown');
  });
});
