import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createCommandRunner } from '../../../../deploy/adapters/command-runner.ts';
import { eventually } from '../../../eventually.ts';

let folder = '';
let stop = new AbortController();
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'micado-commands-'));
  stop = new AbortController();
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function program(name: string, text: string): void {
  writeFileSync(join(folder, name), `#!/bin/sh\n${text}\n`);
  chmodSync(join(folder, name), 0o755);
}

const aRunner = (userId: number, isInteractive = false) =>
  createCommandRunner({
    env: { PATH: `${folder}:/usr/bin:/bin`, FOLDER: folder },
    userId,
    isInteractive,
    signal: stop.signal,
  });

describe('rights', () => {
  test('root runs commands directly', async () => {
    program('whoever', 'echo "ran as told: $@"');
    const runner = aRunner(0);
    expect(runner.rights).toBe('root');
    expect(await runner.run('whoever', ['a b'], { asRoot: true })).toBe('ran as told: a b\n');
  });

  test.each([
    [true, 'sudo: whoever x'],
    [false, 'sudo: --non-interactive whoever x'],
  ])(
    'a user with sudo goes through it, and is asked only where somebody can answer: %s',
    async (isInteractive, line) => {
      program('sudo', 'echo "sudo: $@"');
      const runner = aRunner(1_000, isInteractive);
      expect(runner.rights).toBe('sudo');
      expect(await runner.run('whoever', ['x'], { asRoot: true })).toBe(`${line}\n`);
    },
  );
});

describe('a command that fails', () => {
  test('tells the last thing that it said, errors before warnings', async () => {
    program('apt-get', 'echo "E: no such package" >&2; echo "W: and more" >&2; exit 100');
    await expect(aRunner(0).run('apt-get', ['install', 'x'])).rejects.toThrow(
      '"apt-get install x" failed: no such package',
    );
  });

  test('and says nothing tells how it ended', async () => {
    program('silent', 'exit 7');
    await expect(aRunner(0).run('silent', [])).rejects.toThrow('"silent" failed: ended with exit code 7');
  });

  test('because it is not there says so', async () => {
    await expect(aRunner(0).run('no-such-program', [])).rejects.toThrow('cannot run "no-such-program"');
  });
});

test('programs are found in the sbin folders too, which users’ paths leave out', () => {
  expect(aRunner(0).find('no-such-program')).toBeUndefined();
  expect(aRunner(0).find('ldconfig')).toMatch(/sbin\/ldconfig$/);
});

describe('Ctrl-C', () => {
  const started = (name: string) =>
    eventually(`${name} runs`, () => readFileSync(join(folder, name), 'utf8') !== '');

  test('ends a command that only reads', async () => {
    program('long', 'echo running > "$FOLDER/state"; exec sleep 60');
    const running = aRunner(0).run('long', []);
    await started('state');
    stop.abort();
    await expect(running).rejects.toThrow('cannot run "long"');
  });

  test('lets a command that changes the system come to its end', async () => {
    program(
      'install',
      'echo running > "$FOLDER/state"; while [ ! -e "$FOLDER/go" ]; do sleep 0.05; done; echo whole',
    );
    const running = aRunner(0).run('install', [], { asRoot: true });
    await started('state');
    stop.abort();
    writeFileSync(join(folder, 'go'), '');
    expect(await running).toBe('whole\n');
  });
});
