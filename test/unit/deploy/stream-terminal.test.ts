import { EventEmitter } from 'node:events';
import { describe, expect, test } from '@jest/globals';
import { lookOf, streamTerminal } from '../../../deploy/adapters/stream-terminal.ts';
import { COLOURS, PLAIN } from '../../../deploy/core/look.ts';

const aStream = (facts: Partial<Pick<NodeJS.WriteStream, 'isTTY' | 'columns' | 'rows'>>) =>
  Object.assign(new EventEmitter(), { write: () => true, ...facts }) as unknown as NodeJS.WriteStream;
const terminal = { isTTY: true, columns: 80, rows: 50 };
const look = (facts: Parameters<typeof aStream>[0], env = {}) => lookOf(streamTerminal(aStream(facts), env));

describe('the look of a stream', () => {
  test('of a terminal has colours and its width', () => {
    expect(look(terminal)).toEqual({ ...COLOURS, columns: 80 });
  });

  test('has the width alone where NO_COLOR is set, and colours again where it is empty', () => {
    expect(look(terminal, { NO_COLOR: '1' })).toEqual({ ...PLAIN, columns: 80 });
    expect(look(terminal, { NO_COLOR: '' })).toEqual({ ...COLOURS, columns: 80 });
  });

  test('has neither in a pipe, or on a dumb terminal', () => {
    expect(look({})).toEqual(PLAIN);
    expect(look(terminal, { TERM: 'dumb' })).toEqual(PLAIN);
  });
});

test('a stream that nobody reads any more is a closed terminal', () => {
  const stream = aStream(terminal);
  const { closed } = streamTerminal(stream, {});
  expect(closed.aborted).toBe(false);
  stream.emit('error', new Error('EPIPE'));
  expect(closed.aborted).toBe(true);
});
