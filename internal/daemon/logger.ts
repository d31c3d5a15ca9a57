/** Structured logs: `message` is constant, fields vary. JSON lines on stderr, or text for people. */
export type LogFields = Readonly<Record<string, unknown>>;

export type Logger = {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
  child(fields: LogFields): Logger;
};

export const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const;
export const LOG_FORMATS = ['json', 'text'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];
export type LogFormat = (typeof LOG_FORMATS)[number];

export type LoggerOptions = {
  readonly component: string;
  readonly level: LogLevel;
  readonly format: LogFormat;
  write(line: string): void;
};

export type LoggerFactory = (options: LoggerOptions) => Logger;

/** A JSON line as people read it. */
export function textLine(json: string): string {
  const { time, level, component, msg, ...fields } = JSON.parse(json) as Record<string, unknown>;
  const rest = Object.entries(fields).map(
    ([key, value]) => ` ${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
  );
  return `${String(time).slice(11, 23)} ${String(level).padEnd(5)} ${String(component)}: ${String(msg)}${rest.join('')}\n`;
}

export const silentLogger: Logger = {
  debug() {},
  info() {},
  warn() {},
  error() {},
  child: () => silentLogger,
};
