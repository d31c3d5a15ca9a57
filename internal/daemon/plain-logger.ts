/** The same lines as pino's, from a few lines of code: the exporter counts its memory in megabytes. */
import {
  LOG_LEVELS,
  type LogFields,
  type Logger,
  type LoggerOptions,
  type LogLevel,
  textLine,
} from './logger.ts';

export function createPlainLogger(options: LoggerOptions): Logger {
  return withFields({ component: options.component }, options);
}

function withFields(base: LogFields, options: LoggerOptions): Logger {
  const log =
    (level: LogLevel) =>
    (message: string, fields: LogFields = {}) => {
      if (LOG_LEVELS.indexOf(level) < LOG_LEVELS.indexOf(options.level)) return;
      const time = new Date().toISOString();
      const line = `${toJson({ level, time, ...base, ...fields, msg: message })}\n`;
      options.write(options.format === 'json' ? line : textLine(line));
    };
  return {
    debug: log('debug'),
    info: log('info'),
    warn: log('warn'),
    error: log('error'),
    child: (fields) => withFields({ ...base, ...fields }, options),
  };
}

/** A field that JSON cannot hold (a ring, a BigInt) becomes text: a log line never ends a program. */
function toJson(line: LogFields): string {
  try {
    return JSON.stringify(line);
  } catch {
    return JSON.stringify(
      Object.fromEntries(Object.entries(line).map(([key, value]) => [key, String(value)])),
    );
  }
}
