/**
 * Flags in the manner of the Prometheus family, each also an environment variable: `--rules.dir` is `MICADO_RULES_DIR`.
 * A flag given on the command line wins over the variable. Every problem is reported, not only the first.
 */
import { parseArgs } from 'node:util';
import { didYouMean } from '../contract/nearest-name.ts';

export type Flag<T> = {
  readonly help: string;
  /** What the value looks like in `--help`: `<url>`. Empty for a switch. */
  readonly form: string;
  readonly kind: 'value' | 'switch' | 'list';
  /** What holds when nothing is given; undefined makes the flag required. */
  readonly fallback: T | undefined;
  /** The fallback as somebody would type it, where that is not its text. */
  readonly shownFallback?: string;
  /** Another environment variable that is read when ours is absent, such as `DOCKER_HOST`. */
  readonly alsoEnv: string | undefined;
  /** The value, or what is wrong with the text. */
  parse(texts: readonly string[]): { readonly value: T } | { readonly problem: string };
};

export type FlagTable = Readonly<Record<string, Flag<unknown>>>;
export type FlagValues<T extends FlagTable> = {
  readonly [K in keyof T]: T[K] extends Flag<infer V> ? V : never;
};

export type ParsedFlags<T extends FlagTable> =
  | { readonly kind: 'run'; readonly values: FlagValues<T>; readonly operands: readonly string[] }
  | { readonly kind: 'help' }
  | { readonly kind: 'version' }
  | { readonly kind: 'problems'; readonly problems: readonly string[] };

export const environmentName = (flagName: string): string =>
  `MICADO_${flagName.toUpperCase().replace(/[.-]/g, '_')}`;

/** @param operandNames what has to be named beside the flags, in this order: `<infra>` */
export function parseFlags<T extends FlagTable>(
  table: T,
  argv: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
  operandNames: readonly string[] = [],
): ParsedFlags<T> {
  const problems: string[] = [];
  const { given, operands } = readArguments(table, argv, problems);
  if (given.has('help')) return { kind: 'help' };
  if (given.has('version')) return { kind: 'version' };
  for (const extra of operands.slice(operandNames.length)) problems.push(`unexpected argument "${extra}"`);
  for (const missing of operandNames.slice(operands.length)) problems.push(`${missing} is required`);
  const values: Record<string, unknown> = {};
  for (const [name, flag] of Object.entries(table)) {
    const source = given.get(name) ?? fromEnvironment(name, flag, env);
    if (source === undefined) {
      if (flag.fallback === undefined) problems.push(`--${name} is required: ${flag.help}`);
      values[name] = flag.fallback;
      continue;
    }
    const parsed = flag.parse(source.texts);
    if ('problem' in parsed) problems.push(`${source.from}: "${source.texts.join(',')}" ${parsed.problem}`);
    else values[name] = parsed.value;
  }
  return problems.length > 0
    ? { kind: 'problems', problems }
    : { kind: 'run', values: values as FlagValues<T>, operands };
}

type Given = { readonly from: string; readonly texts: string[] };

type Arguments = { readonly given: ReadonlyMap<string, Given>; readonly operands: readonly string[] };

function readArguments(table: FlagTable, argv: readonly string[], problems: string[]): Arguments {
  const switches = Object.keys(table).filter((name) => table[name]?.kind === 'switch');
  const types: Record<string, { type: 'boolean' | 'string' }> = Object.fromEntries([
    ...Object.keys(table).map(
      (name) => [name, { type: table[name]?.kind === 'switch' ? 'boolean' : 'string' }] as const,
    ),
    ...['help', 'version', ...switches.map((name) => `no-${name}`)].map(
      (name) => [name, { type: 'boolean' }] as const,
    ),
  ]);
  const { tokens } = parseArgs({
    args: argv.map((argument) => (argument === '-h' ? '--help' : argument)),
    options: types,
    strict: false,
    tokens: true,
    allowPositionals: true,
  });
  const given = new Map<string, Given>();
  const operands: string[] = [];
  const add = (name: string, text: string): void => {
    const before = given.get(name);
    if (before === undefined) given.set(name, { from: `--${name}`, texts: [text] });
    else if (table[name]?.kind === 'list') before.texts.push(text);
    else before.texts.splice(0, 1, text);
  };
  for (const token of tokens) {
    if (token.kind === 'positional') operands.push(token.value);
    if (token.kind !== 'option') continue;
    const flag = table[token.name];
    if (token.name === 'help' || token.name === 'version') add(token.name, 'true');
    else if (flag?.kind === 'switch') add(token.name, token.value ?? 'true');
    else if (switches.includes(token.name.replace(/^no-/, ''))) add(token.name.replace(/^no-/, ''), 'false');
    else if (flag === undefined)
      problems.push(`unknown flag ${token.rawName}${didYouMean(token.name, Object.keys(table))}`);
    else if (token.value === undefined) problems.push(`--${token.name} needs a value ${flag.form}`);
    else add(token.name, token.value);
  }
  return { given, operands };
}

function fromEnvironment(
  name: string,
  flag: Flag<unknown>,
  env: Readonly<Record<string, string | undefined>>,
): Given | undefined {
  for (const variable of [environmentName(name), flag.alsoEnv ?? '']) {
    const text = env[variable];
    if (text === undefined || text === '') continue;
    return {
      from: variable,
      texts: flag.kind === 'list' ? text.split(',').map((part) => part.trim()) : [text],
    };
  }
  return undefined;
}

/** The text of `--help`: what the program does, then one line per flag with its variable and default. */
export function renderHelp(
  name: string,
  summary: string,
  table: FlagTable,
  operandNames: readonly string[] = [],
): string {
  const rows = Object.entries(table).map(([flagName, flag]) => ({
    left: `--${flagName}${flag.form === '' ? '' : `=${flag.form}`}`,
    flag,
    variable: environmentName(flagName),
  }));
  const width = Math.max(...rows.map(({ left }) => left.length)) + 4;
  const indent = ' '.repeat(width);
  const lines = rows.map(({ left, flag, variable }) => {
    const shown = showFallback(flag);
    const repeatable = flag.kind === 'list' ? ' (may be repeated)' : '';
    return `  ${left.padEnd(width - 2)}${flag.help}${repeatable}\n${indent}${variable}${shown === '' ? '' : `; default ${shown}`}`;
  });
  const common = `  ${'--help, --version'.padEnd(width - 2)}print this, or the version, and end`;
  const usage = [name, ...operandNames, '[flags]'].join(' ');
  return `${name}: ${summary}\n\nUsage: ${usage}\n\n${[...lines, common].join('\n')}\n`;
}

function showFallback(flag: Flag<unknown>): string {
  if (flag.fallback === undefined) return '(required)';
  if (flag.shownFallback !== undefined) return flag.shownFallback;
  if (flag.kind === 'switch') return flag.fallback === true ? 'on' : 'off';
  const shown = [flag.fallback].flat().join(',');
  return shown === '' ? 'none' : shown;
}
