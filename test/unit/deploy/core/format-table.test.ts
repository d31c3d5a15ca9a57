import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { formatTable } from '../../../../deploy/core/format-table.ts';
import { COLOURS, PLAIN, visibleLength } from '../../../../deploy/core/look.ts';

const HEADER = ['service', 'state', 'replicas', 'last decision'];
const LONG =
  'the service did not converge for two minutes, and nothing is known of why that is so on this node';
const ROWS = [
  ['web', 'scaled', '3', LONG],
  ['a-service-with-a-name-that-goes-on-and-on', 'quarantined: micado.max: must be a number', '12', '-'],
];
const at = (columns: number): string => formatTable(HEADER, ROWS, { ...PLAIN, columns });

describe('a table', () => {
  test('is as wide as it likes where nobody limits it', () => {
    expect(formatTable(HEADER, ROWS)).toContain(`3         ${LONG}\n`);
  });

  test('cuts its widest columns first, and no number', () => {
    expect(at(120)).toBe(
      `service                               state                                replicas  last decision
web                                   scaled                               3         the service did not converge for t…
a-service-with-a-name-that-goes-on-…  quarantined: micado.max: must be a…  12        -
`,
    );
  });

  test('has its last column below where it would be too narrow', () => {
    const [head = '', web = '', below = ''] = at(80).split('\n');
    expect(head.trimEnd().endsWith('replicas')).toBe(true);
    expect(web.trimEnd().endsWith('3')).toBe(true);
    expect(below).toBe(`    ${LONG.slice(0, 75)}…`);
  });

  test('takes line breaks and what moves the cursor for blanks', () => {
    expect(formatTable(['a', 'b'], [['x\ny', '\u001b[2Jz']])).toBe('a    b\nx y   [2Jz\n');
  });

  test('lines up with colours as it does without', () => {
    const painted = ROWS.map(([first = '', ...rest]) => [{ text: first, paint: COLOURS.bad }, ...rest]);
    for (const columns of [60, 80, 120]) {
      const coloured = formatTable(HEADER, painted, { ...COLOURS, columns });
      const plain = at(columns);
      expect(coloured.split('\n').map(visibleLength)).toEqual(plain.split('\n').map(visibleLength));
    }
  });

  test.each([60, 80, 120])('is never wider than %d columns, whatever stands in it', (columns) => {
    const row = fc.array(fc.string({ maxLength: 200 }), { minLength: 6, maxLength: 6 });
    fc.assert(
      fc.property(fc.array(row, { maxLength: 5 }), (rows) => {
        const text = formatTable(['a', 'b', 'c', 'd', 'e', 'f'], rows, { ...PLAIN, columns });
        for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(columns);
      }),
      { numRuns: 50 },
    );
  });
});
