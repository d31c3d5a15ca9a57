import { describe, expect, test } from '@jest/globals';
import { describeExit, lastWords, toolError } from '../../../../deploy/core/describe-exit.ts';

describe('describeExit', () => {
  test.each([
    [{ code: null, signal: 'SIGKILL' }, 'killed by SIGKILL'],
    [{ code: 0, signal: null }, 'ended by itself'],
    [{ code: 3, signal: null }, 'ended with exit code 3'],
  ])('says of %j: %s', (exit, words) => {
    expect(describeExit(exit)).toBe(words);
  });
});

describe('lastWords', () => {
  test('cuts a JSON line down to message and error', () => {
    const log = '{"msg":"starting"}\n{"level":"error","msg":"failed","error":"port taken"}\n\n';
    expect(lastWords(log)).toBe('failed: port taken');
  });

  test('cuts a logfmt line down to message and error, escapes undone', () => {
    const line = 'ts=2026 level=error component=web msg="cannot listen" err="open \\"x\\": taken"';
    expect(lastWords(`first\n${line}\n`)).toBe('cannot listen: open "x": taken');
  });

  test('gives any other line as it is', () => {
    expect(lastWords('a\nunshare: Operation not permitted\n')).toBe('unshare: Operation not permitted');
    expect(lastWords('{"half')).toBe('{"half');
    expect(lastWords('')).toBe('');
  });
});

describe('toolError', () => {
  test('prefers the line that apt marks as its error', () => {
    expect(toolError('Reading lists...\nE: Unable to locate package x\nW: later\n')).toBe(
      'Unable to locate package x',
    );
  });

  test('takes the last line of a tool that marks none', () => {
    expect(toolError('one\n  two  \n\n')).toBe('two');
    expect(toolError('')).toBe('it said nothing');
  });
});
