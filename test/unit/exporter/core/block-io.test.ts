import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { forEachIoStat, forEachOperation } from '../../../../exporter/core/block-io.ts';
import { ascii } from '../../../../exporter/core/kernel-text.ts';

const asText = (content: string | Uint8Array) => {
  const bytes = typeof content === 'string' ? ascii(content) : content;
  return { bytes, length: bytes.length };
};

function operations(content: string | Uint8Array): string[] {
  const found: string[] = [];
  forEachOperation(asText(content), (major, minor, operation, value) => {
    found.push(`${major}:${minor} ${operation} ${value}`);
  });
  return found;
}

function ioStat(content: string | Uint8Array): string[] {
  const found: string[] = [];
  forEachIoStat(asText(content), (major, minor, { readBytes, writtenBytes, reads, writes }) => {
    found.push(`${major}:${minor} ${readBytes} ${writtenBytes} ${reads} ${writes}`);
  });
  return found;
}

describe('block I/O of version 1', () => {
  test('is read by device and operation; the last line, the total of all devices, is not', () => {
    const lines = ['8:0 Read 4096', '8:0 Write 1', '253:16 Total 18446744073709551615'];
    expect(operations(`${lines.join('\n')}\nTotal 4097\n`)).toEqual([
      '8:0 Read 4096',
      '8:0 Write 1',
      '253:16 Total 18446744073709552000',
    ]);
  });

  test('of an idle container is nothing', () => {
    expect(operations('Total 0\nTotal 0\n')).toEqual([]);
  });

  test.each([
    '8:0 Read\n',
    '8:0 Read 1x\n',
    '8 Read 1\n',
    ':0 Read 1\n',
    '8:0 Rea 1\n',
    '8:0 Read 1',
    '8:0  Read 1\n',
  ])('leaves out the line %j', (line) => {
    expect(operations(line)).toEqual([]);
  });
});

describe('block I/O of version 2', () => {
  test('is read by device, whatever the order of the keys', () => {
    const content =
      '8:0 rbytes=1 wbytes=2 rios=3 wios=4 dbytes=5 dios=6\n253:7 wios=40 rios=30 wbytes=20 rbytes=10\n';
    expect(ioStat(content)).toEqual(['8:0 1 2 3 4', '253:7 10 20 30 40']);
  });

  test('leaves out a device without figures, and does not lend it those of the one before', () => {
    expect(ioStat('8:0 rbytes=1 wbytes=2 rios=3 wios=4\n7:0\n8:16 rbytes=9\n')).toEqual([
      '8:0 1 2 3 4',
      '8:16 9 NaN NaN NaN',
    ]);
  });

  test('takes no figure that is no number or may be cut off', () => {
    expect(ioStat('8:0 rbytes=1x wbytes= rios=-1 wios=4\n')).toEqual(['8:0 NaN NaN NaN 4']);
    expect(ioStat('8:0 rbytes=1 wbytes=23')).toEqual([]);
  });
});

test('any bytes are read without failing', () => {
  const lineLike = fc.string({
    unit: fc.constantFrom('8', '0', ':', '=', '\n', ' ', 'Read', 'Write', 'rbytes', 'wios'),
    maxLength: 80,
  });
  fc.assert(
    fc.property(fc.oneof(lineLike, fc.uint8Array({ maxLength: 200 })), (content) => {
      for (const line of operations(content))
        expect(line).toMatch(/^[\de+.]+:[\de+.]+ [A-Z][a-z]+ [\de+.]+$/);
      for (const line of ioStat(content)) expect(line).toMatch(/^[\de+.]+:[\de+.]+( ([\de+.]+|NaN)){4}$/);
    }),
  );
});
