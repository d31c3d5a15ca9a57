import { pino } from 'pino';
import { type LogFields, type Logger, type LoggerOptions, textLine } from './logger.ts';

export function createPinoLogger({ component, level, format, write }: LoggerOptions): Logger {
  const options = {
    level,
    base: { component },
    messageKey: 'msg',
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: { level: (label: string) => ({ level: label }) },
  };
  return wrap(pino(options, { write: format === 'json' ? write : (line) => write(textLine(line)) }));
}

type Sink = Record<'debug' | 'info' | 'warn' | 'error', (fields: LogFields, message: string) => void> & {
  child(fields: LogFields): Sink;
};

function wrap(sink: Sink): Logger {
  return {
    debug: (message, fields = {}) => sink.debug(fields, message),
    info: (message, fields = {}) => sink.info(fields, message),
    warn: (message, fields = {}) => sink.warn(fields, message),
    error: (message, fields = {}) => sink.error(fields, message),
    child: (fields) => wrap(sink.child(fields)),
  };
}
