import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { splitJsonArray } from '../../../internal/daemon/json-array.ts';

const elementsOf = (json: string): readonly unknown[] =>
  [...splitJsonArray(json, '"groups":[')].map((text): unknown => JSON.parse(text));

describe('the elements of an array in a JSON text', () => {
  test('are those that JSON.parse finds, whatever they are', () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue(), { maxLength: 8 }), fc.jsonValue(), (groups, other) => {
        const text = JSON.stringify({ status: 'success', data: { groups, other } });
        expect(elementsOf(text)).toEqual(JSON.parse(JSON.stringify(groups)));
      }),
      { numRuns: 500 },
    );
  });

  test('are found between white space, brackets in strings and escapes', () => {
    const json = '{"a":"x\\\\","groups":[ {"b":"],}\\"[{"} , [1,[2]],"\\\\" ]}';
    expect(elementsOf(json)).toEqual([{ b: '],}"[{' }, [1, [2]], '\\']);
  });

  test('are none of an empty array, and none where it is missing', () => {
    expect(elementsOf('{"groups":[]}')).toEqual([]);
    expect(elementsOf('{"groups":[ ]}')).toEqual([]);
    expect(elementsOf('{"data":{}}')).toEqual([]);
  });
});
