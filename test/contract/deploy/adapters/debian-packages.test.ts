import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createCommandRunner } from '../../../../deploy/adapters/command-runner.ts';
import {
  fetchTools,
  installPackages,
  removePackages,
  type ToolPackage,
} from '../../../../deploy/adapters/debian-packages.ts';
import type { CommandRunner } from '../../../../deploy/ports.ts';

const GREETER: ToolPackage = {
  name: 'greeter',
  programs: ['usr/bin/greet'],
  programsWithShare: ['usr/bin/greet-from-share'],
};

let folder = '';
let runner: CommandRunner;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'micado-packages-'));
  mkdirSync(join(folder, 'bin'));
  runner = createCommandRunner({
    env: { ...process.env, PATH: `${folder}/bin:${process.env['PATH']}`, FOLDER: folder },
    userId: 0,
    isInteractive: false,
    signal: new AbortController().signal,
  });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function script(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `#!/bin/sh\n${text}\n`);
  chmodSync(path, 0o755);
}

/** A real package, made by dpkg-deb, in place of an archive on the network. */
function buildPackage(): void {
  const root = join(folder, 'source');
  script(join(root, 'usr/bin/greet'), 'echo hello');
  script(join(root, 'usr/bin/greet-from-share'), 'cat /usr/share/greeter/greeting; echo "$@"; echo $$');
  mkdirSync(join(root, 'usr/share/greeter'), { recursive: true });
  writeFileSync(join(root, 'usr/share/greeter/greeting'), 'hello from share\n');
  mkdirSync(join(root, 'DEBIAN'));
  const control = 'Package: greeter\nVersion: 1\nArchitecture: all\nMaintainer: a <a@b.c>\nDescription: x\n';
  writeFileSync(join(root, 'DEBIAN/control'), control);
  execFileSync('dpkg-deb', ['--build', '--root-owner-group', root, join(folder, 'greeter.deb')]);
}

/** Stands in for apt-get: downloads the package that was built, and notes what it is asked. */
const fakeApt = (download: string): void =>
  script(
    join(folder, 'bin/apt-get'),
    `echo "$@" >> "$FOLDER/asked"; case $1 in download) ${download};; esac`,
  );
const asked = (): readonly string[] => readFileSync(join(folder, 'asked'), 'utf8').trim().split('\n');
const fetch = () => fetchTools(runner, join(folder, 'tools'), [GREETER], () => {});

describe('fetchTools', () => {
  beforeEach(buildPackage);

  test('unpacks a package into the folder and offers its programs', async () => {
    fakeApt('cp "$FOLDER/greeter.deb" .');
    const bin = await fetch();
    expect(execFileSync(join(bin, 'greet'), { encoding: 'utf8' })).toBe('hello\n');
    expect(existsSync('/usr/share/greeter')).toBe(false);
  });

  test('does not fetch again what is there', async () => {
    fakeApt('cp "$FOLDER/greeter.deb" .');
    await fetch();
    await fetch();
    expect(asked()).toEqual(['download --quiet greeter']);
  });

  test('unpacks what a package imports into the same folder', async () => {
    const root = join(folder, 'library');
    script(join(root, 'usr/lib/greeter/words'), 'hello');
    mkdirSync(join(root, 'DEBIAN'));
    const control = 'Package: words\nVersion: 1\nArchitecture: all\nMaintainer: a <a@b.c>\nDescription: x\n';
    writeFileSync(join(root, 'DEBIAN/control'), control);
    execFileSync('dpkg-deb', ['--build', '--root-owner-group', root, join(folder, 'words.deb')]);
    fakeApt('cp "$FOLDER/greeter.deb" "$FOLDER/words.deb" .');
    const tools = join(folder, 'tools');
    await fetchTools(runner, tools, [{ ...GREETER, libraries: ['words'] }], () => {});
    expect(asked()).toEqual(['download --quiet greeter words']);
    expect(existsSync(join(tools, 'greeter/usr/lib/greeter/words'))).toBe(true);
    expect(existsSync(join(tools, 'greeter/usr/bin/greet'))).toBe(true);
  });

  test('fetches from another suite of Debian by lists of its own, and leaves none of them', async () => {
    fakeApt('cp "$FOLDER/greeter.deb" .');
    const older: ToolPackage = { ...GREETER, suite: 'bullseye' };
    const bin = await fetchTools(runner, join(folder, 'tools'), [older], () => {});
    expect(execFileSync(join(bin, 'greet'), { encoding: 'utf8' })).toBe('hello\n');
    const [update = '', download = ''] = asked();
    expect(update).toMatch(/^update --quiet -o Dir::State=\S+\/\.fetch-/);
    expect(download).toMatch(/^download --quiet .* -o Dir::Etc::sourceparts=- .* greeter$/);
    expect(readdirSync(join(folder, 'tools')).toSorted()).toEqual(['bin', 'greeter']);
  });

  test('reads the package lists once where the package is not in them', async () => {
    fakeApt(
      'if [ -e "$FOLDER/tried" ]; then cp "$FOLDER/greeter.deb" .; else touch "$FOLDER/tried"; exit 100; fi',
    );
    await fetch();
    expect(asked()).toEqual(['download --quiet greeter', 'update --quiet', 'download --quiet greeter']);
  });

  test('fails with apt’s own error and leaves nothing half unpacked', async () => {
    fakeApt('echo "E: Unable to locate package greeter" >&2; exit 100');
    await expect(fetch()).rejects.toThrow(
      '"apt-get download --quiet greeter" failed: Unable to locate package greeter',
    );
    expect(asked()).toContain('update --quiet');
    expect(existsSync(join(folder, 'tools/greeter'))).toBe(false);
    expect(execFileSync('ls', ['-A', join(folder, 'tools')], { encoding: 'utf8' })).toBe('bin\n');
  });

  test('where the lists cannot be read either, says both', async () => {
    fakeApt(
      'echo "E: Unable to locate package greeter" >&2; exit 100;; update) echo "E: no network" >&2; exit 100',
    );
    await expect(fetch()).rejects.toThrow(
      'Unable to locate package greeter; then "apt-get update --quiet" failed: no network',
    );
  });

  test('on a full disk does not ask for lists', async () => {
    fakeApt('echo "E: Write error - write (28: No space left on device)" >&2; exit 100');
    await expect(fetch()).rejects.toThrow('No space left on device');
    expect(asked()).toEqual(['download --quiet greeter']);
  });

  test('a program that needs its files below /usr/share finds them, under the process’ own number', async () => {
    fakeApt('cp "$FOLDER/greeter.deb" .');
    const bin = await fetch();
    const shell = `echo $$; exec "${bin}/greet-from-share" one 'two three'`;
    const [outer, greeting, words, inner] = execFileSync('sh', ['-c', shell], { encoding: 'utf8' }).split(
      '\n',
    );
    expect(greeting).toBe('hello from share');
    expect(words).toBe('one two three');
    expect(inner).toBe(outer);
  });
});

describe('installing and removing by apt', () => {
  test('gives every package that came with the one asked for', async () => {
    script(join(folder, 'bin/apt-get'), 'touch "$FOLDER/done"');
    script(
      join(folder, 'bin/dpkg-query'),
      'echo "installed base"; echo "config-files old"; [ -e "$FOLDER/done" ] && printf "installed engine\\ninstalled runc\\n"; true',
    );
    expect(await installPackages(runner, ['engine'], () => {})).toEqual(['engine', 'runc']);
  });

  test('removes nothing where something else would go too, and names the command', async () => {
    script(join(folder, 'bin/dpkg-query'), 'echo "installed engine"');
    script(
      join(folder, 'bin/apt-get'),
      'echo "$@" >> "$FOLDER/asked"; printf "Remv engine [1]\\nRemv other [2]\\n"',
    );
    await expect(removePackages(runner, ['engine', 'gone'])).rejects.toThrow(
      'other would go too; to remove them all: apt-get remove engine',
    );
    expect(asked()).toEqual(['remove --simulate engine']);
  });
});
