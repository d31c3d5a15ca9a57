/** `npm run bench -- <name> [flags]`: which bench is meant, and its figures as a table or as one line of JSON. */
import Table from 'cli-table3';
import { didYouMean } from '../../internal/contract/nearest-name.ts';
import { describeError, isAppError } from '../../internal/daemon/app-error.ts';
import { switchFlag } from '../../internal/daemon/flag-kinds.ts';
import { parseFlags, renderHelp } from '../../internal/daemon/flags.ts';
import { EXIT, packageVersion, type Surroundings } from '../../internal/daemon/program.ts';
import type { Bench } from './bench.ts';
import type { Figure } from './figure.ts';

const TITLE = 'npm run bench --';
const commonFlags = {
  json: switchFlag({ help: 'Print the figures as one JSON object, as the last line.', fallback: false }),
};

/** The exit code: 1 when the bench failed or a figure missed its goal, 2 when the command line is wrong. */
export async function runBench(
  benches: readonly Bench[],
  around: Surroundings,
  signal: AbortSignal,
): Promise<number> {
  const [name = '--help', ...argv] = around.argv;
  if (['--help', '-h', 'help'].includes(name)) {
    around.stdout(renderOverview(benches));
    return EXIT.ok;
  }
  const bench = benches.find((candidate) => candidate.name === name);
  if (bench === undefined) {
    const names = benches.map((candidate) => candidate.name);
    around.stderr(
      `bench: there is no bench "${name}"${didYouMean(name, names) || `; known: ${names.join(', ')}`}\n`,
    );
    return EXIT.wrongFlags;
  }
  const table = { ...bench.flags, ...commonFlags };
  const parsed = parseFlags(table, argv, around.env);
  switch (parsed.kind) {
    case 'help':
      around.stdout(renderHelp(`${TITLE} ${name}`, bench.summary, table));
      return EXIT.ok;
    case 'version':
      around.stdout(`micado ${packageVersion()}\n`);
      return EXIT.ok;
    case 'problems':
      around.stderr(parsed.problems.map((problem) => `bench ${name}: ${problem}\n`).join(''));
      return EXIT.wrongFlags;
    case 'run':
      return await measure(bench, parsed.values, around, signal);
  }
}

async function measure(
  bench: Bench,
  flags: Readonly<Record<string, unknown>> & { readonly json: boolean },
  around: Surroundings,
  signal: AbortSignal,
): Promise<number> {
  const startMs = performance.now();
  const progress = (line: string): void => {
    const seconds = ((performance.now() - startMs) / 1000).toFixed(1);
    around.stderr(`bench ${bench.name}: ${seconds.padStart(6)} s  ${line}\n`);
  };
  try {
    const figures = await bench.run({ flags, progress, signal });
    around.stdout(renderTable(figures));
    if (flags.json) around.stdout(`${JSON.stringify({ figures: figures.map(rounded) })}\n`);
    return figures.every(({ ok }) => ok) ? EXIT.ok : EXIT.failed;
  } catch (error) {
    const stack = error instanceof Error && !isAppError(error) ? (error.stack ?? error.message) : '';
    around.stderr(`bench ${bench.name}: ${stack || describeError(error)}\n`);
    return EXIT.failed;
  }
}

const VERDICT = { met: 'ok', missed: 'MISSED', none: '' } as const;

export function renderTable(figures: readonly Figure[]): string {
  const table = new Table({
    head: ['figure', 'value', 'unit', 'goal', ''],
    colAligns: ['left', 'right', 'left', 'left', 'left'],
    style: { head: [], border: [] },
    // No line between rows: there are dozens.
    chars: { mid: '', 'left-mid': '', 'mid-mid': '', 'right-mid': '' },
  });
  for (const { name, value, unit, goal, ok } of figures) {
    const verdict = !ok ? VERDICT.missed : goal === '' ? VERDICT.none : VERDICT.met;
    table.push([name, formatValue(value), unit, goal, verdict]);
  }
  return `${table.toString()}\n`;
}

/** Three digits that count; JSON has no NaN, and says null. */
const formatValue = (value: number): string => String(round(value));
const rounded = (figure: Figure): Figure => ({ ...figure, value: round(figure.value) });
const round = (value: number): number =>
  Number.isInteger(value) || !Number.isFinite(value) ? value : Number(value.toPrecision(3));

function renderOverview(benches: readonly Bench[]): string {
  const width = Math.max(...benches.map(({ name }) => name.length)) + 4;
  const lines = benches.map(({ name, summary }) => `  ${name.padEnd(width)}${summary}\n`);
  return `Usage: ${TITLE} <name> [--json] [flags]\n\n${lines.join('')}\n${TITLE} <name> --help lists the flags of one.\n`;
}
