/** The two loggers write the same lines. */
import { describe, expect, test } from '@jest/globals';
import type { Logger, LoggerFactory, LoggerOptions } from '../../../internal/daemon/logger.ts';
import { createPinoLogger } from '../../../internal/daemon/pino-logger.ts';
import { createPlainLogger } from '../../../internal/daemon/plain-logger.ts';

function linesOf(
  create: LoggerFactory,
  log: (logger: Logger) => void,
  options: Partial<LoggerOptions> = {},
): readonly string[] {
  const lines: string[] = [];
  log(
    create({
      component: 'exporter',
      level: 'info',
      format: 'json',
      write: (line) => void lines.push(line),
      ...options,
    }),
  );
  return lines;
}

const withoutTime = (line: string): unknown => ({ ...(JSON.parse(line) as object), time: '' });

describe.each([
  ['pino', createPinoLogger],
  ['plain', createPlainLogger],
] as const)('the %s logger', (_, create) => {
  test('writes one JSON object a line, with level, time, component, fields and message', () => {
    const [line = '', ...others] = linesOf(create, (logger) =>
      logger.warn('not read', { file: 'a\n"b"', retryAfterMs: 5, nested: { a: [1] }, absent: undefined }),
    );
    expect(others).toEqual([]);
    expect(line.endsWith('}\n')).toBe(true);
    expect(line.startsWith('{"level":"warn","time":"')).toBe(true);
    expect(withoutTime(line)).toEqual({
      level: 'warn',
      time: '',
      component: 'exporter',
      file: 'a\n"b"',
      retryAfterMs: 5,
      nested: { a: [1] },
      msg: 'not read',
    });
    expect(line).toMatch(/"time":"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"/);
  });

  test('leaves out what is below its level', () => {
    const log = (logger: Logger): void => {
      logger.debug('a');
      logger.info('b');
      logger.error('c');
    };
    expect(linesOf(create, log)).toHaveLength(2);
    expect(linesOf(create, log, { level: 'error' })).toHaveLength(1);
    expect(linesOf(create, log, { level: 'debug' })).toHaveLength(3);
  });

  test('gives its fields to a child, and the child’s own beside them', () => {
    const [line = ''] = linesOf(create, (logger) =>
      logger.child({ target: 'web' }).child({ key: 1 }).info('x', { last: true }),
    );
    expect(withoutTime(line)).toMatchObject({
      component: 'exporter',
      target: 'web',
      key: 1,
      last: true,
      msg: 'x',
    });
  });

  test('writes text for people', () => {
    const [line = ''] = linesOf(
      create,
      (logger) => logger.info('listening', { url: 'http://x', ports: [1] }),
      {
        format: 'text',
      },
    );
    expect(line).toMatch(/^\d\d:\d\d:\d\d\.\d{3} info {2}exporter: listening url=http:\/\/x ports=\[1\]\n$/);
  });

  test('writes a line even of what JSON cannot hold', () => {
    const ring: Record<string, unknown> = {};
    ring['self'] = ring;
    const lines = linesOf(create, (logger) => logger.info('odd', { ring }));
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ msg: 'odd', level: 'info' });
  });
});
