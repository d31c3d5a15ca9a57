import { gunzipSync } from 'node:zlib';
import { expect, test } from '@jest/globals';
import { gzipText } from '../../../../deploy/adapters/gzip-text.ts';

test('a packed text is the same text again, and names neither a time nor a system', () => {
  const packed = Buffer.from(gzipText('#!/bin/sh\n'), 'base64');
  expect(gunzipSync(packed).toString()).toBe('#!/bin/sh\n');
  const header = packed.subarray(0, 10);
  expect([...header.subarray(4, 8), header[9]]).toEqual([0, 0, 0, 0, 255]);
});
