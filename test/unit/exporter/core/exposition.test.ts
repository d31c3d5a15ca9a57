import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  createExposition,
  type Family,
  NO_LABELS,
  prependLabel,
  renderLabels,
} from '../../../../exporter/core/exposition.ts';

const first: Family = { name: 'a_total', type: 'counter', help: 'A.' };
const second: Family = { name: 'b', type: 'gauge', help: 'B\\\n.', fixedLabels: [['cpu', 'total']] };

const decode = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
const labels = renderLabels([['name', 'web']]);

describe('the text of a scrape', () => {
  test('keeps the samples of a family together, under one heading, in the order of the families', () => {
    const out = createExposition([first, second]);
    out.add(second, labels, 1);
    out.add(first, NO_LABELS, 2);
    out.add(second, renderLabels([['name', 'db']]), 3.25);
    expect(decode(out.render())).toBe(
      [
        '# HELP a_total A.',
        '# TYPE a_total counter',
        'a_total 2',
        '# HELP b B\\\\\\n.',
        '# TYPE b gauge',
        'b{cpu="total",name="web"} 1',
        'b{cpu="total",name="db"} 3.25',
        '',
      ].join('\n'),
    );
  });

  test('has no heading for a family without samples, and none of the last scrape', () => {
    const out = createExposition([first, second]);
    out.add(first, labels, 1);
    out.render();
    out.reset();
    out.add(second, labels, Number.NaN);
    expect(decode(out.render())).toBe('');
  });

  test.each([
    [Number.POSITIVE_INFINITY, '+Inf'],
    [Number.NEGATIVE_INFINITY, '-Inf'],
    [0, '0'],
    [1e21, '1e+21'],
    [123.456789012, '123.456789012'],
  ])('writes %d as %s', (value, written) => {
    const out = createExposition([first]);
    out.add(first, NO_LABELS, value);
    expect(decode(out.render())).toContain(`\na_total ${written}\n`);
  });

  test('holds any number of samples and gives each value back', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ noNaN: true }), { maxLength: 200 }), (values) => {
        const out = createExposition([first]);
        for (const value of values) out.add(first, labels, value);
        const lines = decode(out.render()).split('\n').slice(2, -1);
        const read = lines.map((line) =>
          Number(line.split(' ')[1]?.replace('+Inf', 'Infinity').replace('-Inf', '-Infinity')),
        );
        // -0 is written 0.
        expect(read).toEqual(values.map((value) => value + 0));
      }),
    );
  });

  test('does not take a family that was not declared', () => {
    expect(() => createExposition([first]).add(second, NO_LABELS, 1)).toThrow('b was not declared');
  });
});

/** One scrape after the other with the same exposition. */
function texts(
  ...scrapes: readonly (readonly (readonly [Family, Uint8Array, number])[])[]
): readonly string[] {
  const out = createExposition([first, second]);
  return scrapes.map((samples) => {
    out.reset();
    for (const [family, text, value] of samples) out.add(family, text, value);
    return decode(out.render());
  });
}
/** The samples alone, with one blank in front of the value. */
const samplesOf = (text: string): readonly string[] =>
  text
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => line.replace(/ +/g, ' '));

describe('the text of the next scrape', () => {
  const db = renderLabels([['name', 'db']]);

  test('has the values that changed, blanks where one became shorter, and the same bytes elsewhere', () => {
    const [before = '', after] = texts(
      [
        [first, labels, 1234],
        [first, db, 7],
      ],
      [
        [first, labels, 56],
        [first, db, 7],
      ],
    );
    expect(after).toBe(before.replace(' 1234', '   56'));
  });

  test('takes labels that are rendered again for the same, by their bytes', () => {
    const again = (): Uint8Array => renderLabels([['name', 'web']]);
    expect(texts([[first, again(), 12]], [[first, again(), 3]]).at(-1)).toContain('a_total{name="web"}  3\n');
  });

  test('gives a value that grew room to grow', () => {
    const [, grown, more] = texts([[first, labels, 9]], [[first, labels, 10]], [[first, labels, 11_111]]);
    expect(grown).toContain('}    10\n');
    expect(more).toContain('} 11111\n');
  });

  test('leaves a text that somebody still has as it is', () => {
    const out = createExposition([first]);
    out.add(first, labels, 1);
    const kept = out.render();
    out.leave();
    out.reset();
    out.add(first, labels, 2);
    expect(decode(out.render())).toContain('a_total{name="web"} 2\n');
    expect(decode(kept)).toContain('a_total{name="web"} 1\n');
  });

  test('stands in the memory of the one before, also when it has more series, and moves when it has far fewer', () => {
    const out = createExposition([first]);
    const bufferOf = (series: number): ArrayBufferLike => {
      out.reset();
      for (let number = 0; number < series; number += 1)
        out.add(first, renderLabels([['name', `web-${number}`]]), number);
      return out.render().buffer;
    };
    const few = bufferOf(1);
    expect(bufferOf(50)).toBe(few);
    expect(bufferOf(49)).toBe(few);
    expect(bufferOf(2)).not.toBe(few);
  });

  test('stands in the memory of one that was left and taken back', () => {
    const out = createExposition([first]);
    const render = (value: number): Uint8Array => {
      out.reset();
      out.add(first, labels, value);
      return out.render();
    };
    const one = render(1);
    out.leave();
    const two = render(2);
    out.takeBack(one);
    out.leave();
    const three = render(3);
    expect(three.buffer).toBe(one.buffer);
    expect([two, three].map(decode)).toEqual([2, 3].map((value) => texts([[first, labels, value]])[0]));
  });

  test('is what any scrape would be as the first: nothing of the one before is left', () => {
    const sample = fc.record({
      family: fc.constantFrom(first, second),
      name: fc.constantFrom('web', 'db', 'cache'),
      value: fc.oneof(fc.integer({ min: 0, max: 2_000 }), fc.double()),
    });
    fc.assert(
      fc.property(fc.array(fc.array(sample, { maxLength: 12 }), { maxLength: 6 }), (scrapes) => {
        const asked = scrapes.map((samples) =>
          samples.map(({ family, name, value }) => [family, renderLabels([['name', name]]), value] as const),
        );
        const inTurn = texts(...asked).map(samplesOf);
        const alone = asked.map((samples) => samplesOf(texts(samples)[0] ?? ''));
        expect(inTurn).toEqual(alone);
      }),
    );
  });
});

describe('labels', () => {
  test('are escaped, in UTF-8, and left out when empty', () => {
    const rendered = renderLabels([
      ['a', 'x"y\\z\n'],
      ['b', ''],
      ['c', 'ő'],
    ]);
    expect(decode(rendered)).toBe('a="x\\"y\\\\z\\n",c="ő"');
  });

  test('take one more in front', () => {
    expect(decode(prependLabel(labels, 'device', '/dev/sda'))).toBe('device="/dev/sda",name="web"');
    expect(decode(prependLabel(NO_LABELS, 'device', 'x'))).toBe('device="x"');
  });

  test('never end their line or their value early', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1 }), (value) => {
        expect(decode(renderLabels([['a', value]]))).toMatch(/^a="(?:[^"\\\n]|\\["\\n])*"$/);
      }),
    );
  });
});
