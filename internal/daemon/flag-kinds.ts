/** The kinds of flags that the binaries have. */
import { formatDuration, parseDurationMs } from '../contract/duration.ts';
import type { Flag } from './flags.ts';

type Options<T> = {
  readonly help: string;
  readonly fallback?: T;
  readonly form?: string;
  readonly alsoEnv?: string;
};

function valueFlag<T>(
  form: string,
  options: Options<T>,
  parse: (text: string) => { readonly value: T } | { readonly problem: string },
): Flag<T> {
  return {
    help: options.help,
    form: options.form ?? form,
    kind: 'value',
    fallback: options.fallback,
    alsoEnv: options.alsoEnv,
    parse: (texts) => parse(texts[0] ?? ''),
  };
}

export const textFlag = (options: Options<string>): Flag<string> =>
  valueFlag('<text>', options, (value) => ({ value }));

export const pathFlag = (options: Options<string>): Flag<string> =>
  valueFlag('<path>', options, (value) => (value === '' ? { problem: 'must name a path' } : { value }));

export function choiceFlag<const T extends string>(choices: readonly T[], options: Options<T>): Flag<T> {
  return valueFlag(`<${choices.join('|')}>`, options, (text) => {
    const value = choices.find((choice) => choice === text);
    return value === undefined ? { problem: `must be one of ${choices.join(', ')}` } : { value };
  });
}

export function integerFlag(
  options: Options<number> & { readonly min: number; readonly max?: number },
): Flag<number> {
  const { min, max = Number.MAX_SAFE_INTEGER } = options;
  return valueFlag('<n>', options, (text) => {
    const value = /^-?\d+$/.test(text) ? Number(text) : Number.NaN;
    const range = max === Number.MAX_SAFE_INTEGER ? `of ${min} or more` : `from ${min} to ${max}`;
    return value >= min && value <= max ? { value } : { problem: `must be a whole number ${range}` };
  });
}

/** The value is in milliseconds; the text is a Prometheus duration. */
export function durationFlag(options: Options<number> & { readonly minMs?: number }): Flag<number> {
  const { minMs = 0, fallback } = options;
  const flag = valueFlag('<duration>', options, (text): { value: number } | { problem: string } => {
    const value = parseDurationMs(text);
    if (value === undefined) return { problem: 'must be a duration such as 500ms, 2s or 1m30s' };
    return value < minMs ? { problem: `must be at least ${formatDuration(minMs)}` } : { value };
  });
  return fallback === undefined ? flag : { ...flag, shownFallback: formatDuration(fallback) };
}

/** An http or https address without a trailing slash. Credentials in it are refused: they would end up in logs. */
export function urlFlag(options: Options<string>): Flag<string> {
  return valueFlag('<url>', options, parseHttpUrl);
}

export function urlListFlag(options: Options<readonly string[]>): Flag<readonly string[]> {
  return listFlag('<url>', options, parseHttpUrl);
}

export const textListFlag = (options: Options<readonly string[]>): Flag<readonly string[]> =>
  listFlag('<text>', options, (value) => ({ value }));

function listFlag(
  form: string,
  options: Options<readonly string[]>,
  parse: (text: string) => { readonly value: string } | { readonly problem: string },
): Flag<readonly string[]> {
  return {
    help: options.help,
    form: options.form ?? form,
    kind: 'list',
    fallback: options.fallback,
    alsoEnv: options.alsoEnv,
    parse(texts) {
      const parsed = texts.map(parse);
      const problem = parsed.find((one) => 'problem' in one);
      return problem ?? { value: parsed.flatMap((one) => ('value' in one ? [one.value] : [])) };
    },
  };
}

export function switchFlag(options: { readonly help: string; readonly fallback: boolean }): Flag<boolean> {
  return {
    help: options.help,
    form: '',
    kind: 'switch',
    fallback: options.fallback,
    alsoEnv: undefined,
    parse(texts) {
      const text = (texts[0] ?? '').toLowerCase();
      if (['true', '1', 'yes', 'on'].includes(text)) return { value: true };
      if (['false', '0', 'no', 'off'].includes(text)) return { value: false };
      return { problem: 'must be true or false' };
    },
  };
}

export type ListenAddress = { readonly host: string; readonly port: number };

/** `host:port`, `:port` (all interfaces), `[::1]:port`. */
export function listenAddressFlag(options: {
  readonly help: string;
  readonly fallback: string;
}): Flag<string> {
  return valueFlag('<host:port>', options, (text) =>
    parseListenAddress(text) === undefined
      ? { problem: 'must be host:port, such as 127.0.0.1:9095' }
      : { value: text },
  );
}

export function parseListenAddress(text: string): ListenAddress | undefined {
  const match = /^(?:\[([0-9a-fA-F:]+)\]|([^:\s]*)):(\d{1,5})$/.exec(text);
  const port = Number(match?.[3]);
  if (match === null || !(port <= 65_535)) return undefined;
  return { host: match[1] ?? match[2] ?? '', port };
}

function parseHttpUrl(text: string): { readonly value: string } | { readonly problem: string } {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !['http:', 'https:'].includes(url.protocol))
    return { problem: 'must be a URL such as http://127.0.0.1:9090' };
  if (url.username !== '' || url.password !== '')
    return { problem: 'must not hold credentials: give them in a file' };
  return { value: text.replace(/\/+$/, '') };
}
