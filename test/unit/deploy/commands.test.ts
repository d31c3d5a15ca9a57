import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { runCommand } from '../../../deploy/commands.ts';
import { statusFlags, upFlags } from '../../../deploy/config.ts';
import { AppError } from '../../../internal/daemon/app-error.ts';
import { type Command, defineCommand } from '../../../internal/daemon/commands.ts';
import { integerFlag } from '../../../internal/daemon/flag-kinds.ts';
import { environmentName } from '../../../internal/daemon/flags.ts';

const count = integerFlag({ help: 'How many.', fallback: 1, min: 0 });

function commands(fail?: unknown): { readonly list: readonly Command[]; readonly counts: number[] } {
  const counts: number[] = [];
  const run = async (values: { readonly count: number }): Promise<number> => {
    if (fail !== undefined) throw fail;
    counts.push(values.count);
    return 0;
  };
  const flags = { count };
  return {
    counts,
    list: [
      defineCommand({ name: 'up', summary: 'Start.', flags, run }),
      defineCommand({ name: 'down', summary: 'Stop.', flags, run }),
    ],
  };
}

async function type(list: readonly Command[], ...argv: readonly string[]) {
  let stdout = '';
  let stderr = '';
  const exitCode = await runCommand(list, {
    argv,
    env: {},
    stdout: (text) => {
      stdout += text;
    },
    stderr: (text) => {
      stderr += text;
    },
  });
  return { exitCode, stdout, stderr };
}

describe('micado', () => {
  test('runs the command that is named, with its flags', async () => {
    const { list, counts } = commands();
    expect((await type(list, 'down', '--count=3')).exitCode).toBe(0);
    expect(counts).toEqual([3]);
  });

  test('gives a command what is named beside its flags', async () => {
    const named: string[] = [];
    const destroy = defineCommand({
      name: 'destroy',
      summary: 'End.',
      flags: { count },
      operands: ['<infra>'],
      run: async (_values, operands) => {
        named.push(...operands);
        return 0;
      },
    });
    expect((await type([destroy], 'destroy', 'workers', '--count=2')).exitCode).toBe(0);
    expect(named).toEqual(['workers']);
    const { exitCode, stderr } = await type([destroy], 'destroy');
    expect(exitCode).toBe(2);
    expect(stderr).toContain('micado destroy: <infra> is required');
  });

  test.each([[[]], [['--help']], [['help']]])('lists its commands for %j', async (argv) => {
    const { exitCode, stdout } = await type(commands().list, ...argv);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/up +Start\.\n +down +Stop\./);
  });

  test('proposes the nearest command for one that it does not have', async () => {
    const { exitCode, stderr } = await type(commands().list, 'donw');
    expect(exitCode).toBe(2);
    expect(stderr).toBe('micado: there is no command "donw"; did you mean "micado down"?\n');
  });

  test('names every wrong flag, and does not run', async () => {
    const { list, counts } = commands();
    const { exitCode, stderr } = await type(list, 'up', '--count=x', '--cuont=1');
    expect(exitCode).toBe(2);
    expect(stderr).toContain('--count: "x"');
    expect(stderr).toContain('did you mean "count"');
    expect(counts).toEqual([]);
  });

  test('shows one line for what the world does', async () => {
    const taken = new AppError('conflict', 'port 9090 for prometheus is taken by nginx (pid 12)');
    expect(await type(commands(taken).list, 'up')).toEqual({
      exitCode: 1,
      stdout: '',
      stderr: 'micado up: port 9090 for prometheus is taken by nginx (pid 12)\n',
    });
  });

  test('shows one line for a full disk, whatever met it', async () => {
    const full = Object.assign(new Error('ENOSPC: no space left on device, write'), { syscall: 'write' });
    const { stderr } = await type(commands(full).list, 'up');
    expect(stderr).toMatch(/^micado up: the disk is full.*\n$/);
  });

  test('shows where a defect is', async () => {
    const { stderr } = await type(commands(new TypeError('x is undefined')).list, 'up');
    expect(stderr).toContain('commands.test.ts');
  });
});

test('the help of up explains every flag', async () => {
  const up = defineCommand({ name: 'up', summary: 'Start.', flags: upFlags, run: async () => 0 });
  const { stdout } = await type([up], 'up', '--help');
  expect(Object.keys(upFlags).filter((name) => !stdout.includes(`--${name}=`))).toEqual([]);
});

test('the README lists exactly the flags of up and those for another’s executor, each with its variable', () => {
  const readme = readFileSync(join(import.meta.dirname, '../../../deploy/README.md'), 'utf8');
  const rows = [...readme.matchAll(/^\| `--([a-z.-]+)[^`]*` \| `(MICADO_[A-Z_]+)`/gm)];
  const forExecutor = Object.keys(statusFlags).filter((name) => name.includes('.') && !(name in upFlags));
  const expected = [...Object.keys(upFlags), ...forExecutor].map(
    (name) => `${name} ${environmentName(name)}`,
  );
  expect(rows.map(([, name, variable]) => `${name} ${variable}`).toSorted()).toEqual(expected.toSorted());
});
