import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { splitJsonArray } from '../../../internal/daemon/json-array.ts';

async function elementsOf(...chunks: readonly string[]): Promise<readonly unknown[]> {
  const elements: unknown[] = [];
  for await (const text of splitJsonArray(chunks, '"groups":[')) elements.push(JSON.parse(text));
  return elements;
}

/** The text in pieces of these lengths, the rest in one. */
function cut(text: string, lengths: readonly number[]): readonly string[] {
  const chunks: string[] = [];
  let at = 0;
  for (const length of lengths) {
    chunks.push(text.slice(at, at + length));
    at += length;
  }
  return [...chunks, text.slice(at)];
}

describe('the elements of an array in a JSON text', () => {
  test('are those that JSON.parse finds, whatever they are and however the text is cut', async () => {
    const lengths = fc.array(fc.integer({ min: 0, max: 30 }), { maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.jsonValue(), { maxLength: 8 }),
        fc.jsonValue(),
        lengths,
        async (groups, other, pieces) => {
          const text = JSON.stringify({ status: 'success', data: { groups, other } });
          expect(await elementsOf(...cut(text, pieces))).toEqual(JSON.parse(JSON.stringify(groups)));
        },
      ),
      { numRuns: 500 },
    );
  });

  test('are found between white space, brackets in strings and escapes, cut anywhere', async () => {
    const json = '{"a":"x\\\\","groups":[ {"b":"],}\\"[{"} , [1,[2]],",\\\\" ]}';
    for (let at = 0; at < json.length; at += 1)
      expect(await elementsOf(...cut(json, [at]))).toEqual([{ b: '],}"[{' }, [1, [2]], ',\\']);
  });

  test('are none of an empty array, and none where it is missing', async () => {
    expect(await elementsOf('{"groups":[]}')).toEqual([]);
    expect(await elementsOf('{"groups":[ ]}')).toEqual([]);
    expect(await elementsOf('{"data":{}}')).toEqual([]);
  });
});
