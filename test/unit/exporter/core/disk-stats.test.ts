import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { DISK_FIELD, forEachDisk } from '../../../../exporter/core/disk-stats.ts';
import { ascii } from '../../../../exporter/core/kernel-text.ts';

function disks(content: string): Record<string, number[]> {
  const seen: Record<string, number[]> = {};
  forEachDisk({ bytes: ascii(`${content}9\n`), length: content.length }, (name, figures) => {
    seen[name] = [...figures];
  });
  return seen;
}

const SDA = '   8       0 sda 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17\n';

describe('the disks of the machine', () => {
  test('are read with their figures, those of newer kernels left aside', () => {
    expect(disks(SDA)).toEqual({ sda: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11] });
    expect(disks('   8 0 sda 1 2 3 4 5 6 7 8 9 10 11\n')['sda']?.[DISK_FIELD.weightedIoMs]).toBe(11);
  });

  test('are whole ones: the figures of a partition are in its disk’s already', () => {
    const names = [
      'sda',
      'sda1',
      'vdb',
      'vdb12',
      'nvme0n1',
      'nvme0n1p2',
      'mmcblk0',
      'mmcblk0p1',
      'dm-0',
      'md127',
    ];
    const text = names.map((name) => SDA.replace('sda', name)).join('');
    expect(Object.keys(disks(text))).toEqual(['sda', 'vdb', 'nvme0n1', 'mmcblk0', 'dm-0', 'md127']);
  });

  test('are those that were ever used', () => {
    expect(disks('   7       0 loop0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0\n')).toEqual({});
  });

  test.each(['8 0 sda 1 2 3\n', '8 0 sda 1 2 3 4 5 6 7 8 9 10 x\n', SDA.slice(0, -1), '\n'])(
    'are none in %j',
    (content) => {
      expect(disks(content)).toEqual({});
    },
  );

  test('of any bytes have whole numbers', () => {
    const word = fc.constantFrom('8', '0', ' ', 'sda', '12', 'x', '\n', '1 2 3 4 5 6 7 8 9 10 11');
    fc.assert(
      fc.property(fc.array(word, { maxLength: 30 }), (words) => {
        for (const figures of Object.values(disks(words.join(''))))
          expect(figures.every(Number.isInteger)).toBe(true);
      }),
    );
  });
});
