import { expect, test } from '@jest/globals';
import { describeFullDisk } from '../../../../deploy/core/describe-full-disk.ts';
import { AppError } from '../../../../internal/daemon/app-error.ts';

test('knows a full disk by the error of our own writing, with its path', () => {
  const error = Object.assign(new Error('ENOSPC: no space left on device, write'), { path: '/s/state.json' });
  expect(describeFullDisk(error)).toContain('the disk is full (while writing /s/state.json)');
});

test('knows a full disk by the words of a tool, also as the cause of another error', () => {
  const cause = new Error('dpkg-deb: error: failed to write (No space left on device)');
  expect(describeFullDisk(new AppError('unavailable', 'unpacking failed', { cause }))).toContain(
    'the disk is full',
  );
});

test('says nothing of other errors', () => {
  expect(describeFullDisk(new Error('EACCES: permission denied'))).toBeUndefined();
  expect(describeFullDisk('ENOSPC')).toBeUndefined();
});
