import { describe, expect, test } from '@jest/globals';
import { integerFlag } from '../../../internal/daemon/flag-kinds.ts';
import { type Bench, defineBench } from '../../bench/bench.ts';
import { atMost, below, exactly, type Figure, informing } from '../../bench/figure.ts';
import { runBench } from '../../bench/run-bench.ts';

const repeats = integerFlag({ help: 'How often.', min: 1, fallback: 3 });
const benchOf = (figures: (repeats: number) => readonly Figure[]): Bench =>
  defineBench({
    name: 'exporter',
    summary: 'Scrapes.',
    flags: { repeats },
    async run({ flags, progress }) {
      progress('measuring');
      return figures(flags.repeats);
    },
  });

async function run(bench: Bench, ...argv: readonly string[]) {
  const said = { stdout: '', stderr: '' };
  const exitCode = await runBench(
    [bench],
    {
      argv,
      env: {},
      stdout(text) {
        said.stdout += text;
      },
      stderr(text) {
        said.stderr += text;
      },
    },
    new AbortController().signal,
  );
  return { exitCode, ...said };
}

const good = benchOf((times) => [
  atMost(2, { name: 'over_floor', value: 1.2345 }),
  informing({ name: 'scrapes', value: times }),
]);

describe('npm run bench', () => {
  test('prints the figures as a table, and what it is doing to stderr', async () => {
    const { exitCode, stdout, stderr } = await run(good, 'exporter');
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/over_floor\s*│\s*1\.23\s*│\s*│\s*<= 2\s*│\s*ok/);
    expect(stderr).toMatch(/bench exporter: +\d+\.\d s {2}measuring\n/);
  });

  test('prints one JSON object as the last line', async () => {
    const { stdout } = await run(good, 'exporter', '--json', '--repeats=7');
    expect(JSON.parse(stdout.trim().split('\n').at(-1) ?? '')).toEqual({
      figures: [
        { name: 'over_floor', value: 1.23, unit: '', goal: '<= 2', ok: true },
        { name: 'scrapes', value: 7, unit: '', goal: '', ok: true },
      ],
    });
  });

  test('fails when a figure misses its goal, and says which', async () => {
    const { exitCode, stdout } = await run(
      benchOf(() => [
        below(100, { name: 'slow', value: 100, unit: 'ms' }),
        exactly(0, { name: 'none', value: 0 }),
      ]),
      'exporter',
    );
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/slow.*MISSED/);
    expect(stdout).toMatch(/none.*ok/);
  });

  test('takes what was not measured for a missed goal', async () => {
    const { exitCode } = await run(
      benchOf(() => [atMost(1, { name: 'nothing', value: Number.NaN })]),
      'exporter',
    );
    expect(exitCode).toBe(1);
  });

  test('names the nearest bench to an unknown name', async () => {
    const { exitCode, stderr } = await run(good, 'exportr');
    expect(exitCode).toBe(2);
    expect(stderr).toBe('bench: there is no bench "exportr"; did you mean "exporter"?\n');
  });

  test('lists the benches, and the flags of one', async () => {
    expect((await run(good)).stdout).toMatch(/exporter +Scrapes\./);
    expect((await run(good, 'exporter', '--help')).stdout).toMatch(/--repeats=<n>[\s\S]*--json/);
    expect((await run(good, 'exporter', '--repeats=0')).exitCode).toBe(2);
  });
});
