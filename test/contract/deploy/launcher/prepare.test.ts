/** The launcher on a clone of its own, with stand-ins for npm, the compiler and esbuild that note what they are asked. */
import { execFile, spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';

const ROOT = join(import.meta.dirname, '../../../..');

/** Leaves what npm leaves: the packages, and last the list of what is installed. */
const NPM = `#!/bin/sh
echo npm "$@" >> asked; sleep 0.2
mkdir -p node_modules/.bin && cp compiler node_modules/.bin/tsc
mkdir -p node_modules/esbuild && cp esbuild.js node_modules/esbuild/index.js && cp package-lock.json node_modules/.package-lock.json`;
const COMPILER = `#!/bin/sh
echo tsc "$@" >> asked; sleep 0.2
if grep -q broken deploy/main.ts; then echo "deploy/main.ts: error"; exit 2; fi
mkdir -p dist/deploy && echo 'console.log("runs with " + process.argv.slice(2).join(" "))' > dist/deploy/main.js
mkdir -p dist/test/cluster/demo
echo 'console.log("cluster demo with " + process.argv.slice(2).join(" "))' > dist/test/cluster/demo/main.js`;

/** Called once for each binary, and for the status page. */
const ESBUILD = `const { appendFileSync, mkdirSync, writeFileSync } = require('node:fs');
const { dirname } = require('node:path');
exports.build = async ({ absWorkingDir, entryPoints, outdir, outfile = outdir + '/page.js' }) => {
  appendFileSync(absWorkingDir + '/asked', 'esbuild ' + entryPoints + '\\n');
  mkdirSync(dirname(outfile), { recursive: true });
  writeFileSync(outfile, '');
  return { metafile: {} };
};`;

let clone = '';
const write = (path: string, text: string, mode = 0o644): void => {
  mkdirSync(dirname(join(clone, path)), { recursive: true });
  writeFileSync(join(clone, path), text);
  chmodSync(join(clone, path), mode);
};
const lockFile = (version: string): string =>
  JSON.stringify({
    packages: { '': {}, 'node_modules/a': { version }, 'node_modules/b': { version: '1', optional: true } },
  });

beforeEach(() => {
  clone = mkdtempSync(join(tmpdir(), 'micado-clone-'));
  cpSync(join(ROOT, 'deploy/micado.mjs'), join(clone, 'deploy/micado.mjs'));
  cpSync(join(ROOT, 'deploy/launcher'), join(clone, 'deploy/launcher'), { recursive: true });
  write('package.json', '{"type":"module"}');
  write('tsconfig.json', '{}');
  write('tsconfig.build.json', '{}');
  write('package-lock.json', lockFile('1.0.0'));
  write('deploy/main.ts', 'main');
  write('compiler', COMPILER, 0o755);
  write('esbuild.js', ESBUILD);
  write('path/npm', NPM, 0o755);
});
afterEach(() => rmSync(clone, { recursive: true, force: true }));

const env = () => ({ ...process.env, PATH: `${clone}/path:${process.env['PATH']}` });
const micado = (...args: readonly string[]) =>
  spawnSync(process.execPath, [join(clone, 'deploy/micado.mjs'), ...args], { env: env(), encoding: 'utf8' });
const asked = (): readonly string[] => readFileSync(join(clone, 'asked'), 'utf8').trim().split('\n');

const INSTALL = 'npm ci --include=dev --no-audit --no-fund';
const COMPILE = 'tsc -p tsconfig.build.json';
const BUNDLES = ['rulegen', 'exporter', 'executor'].map((binary) => `esbuild ${binary}/main.ts`);
const PAGE = `esbuild ${['page.ts', 'page.css', 'index.html', 'icon.svg'].map((name) => `executor/web/page/${name}`).join()}`;
const BUILD = [COMPILE, ...BUNDLES, PAGE];

describe('the launcher', () => {
  test('installs, compiles and hands over with the arguments, on a clone in which nothing is there yet', () => {
    const { status, stdout, stderr } = micado('up', '--x=1');
    expect({ status, stdout }).toEqual({ status: 0, stdout: 'runs with up --x=1\n' });
    expect(stderr).toContain('installing npm packages');
    expect(asked()).toEqual([INSTALL, ...BUILD]);
  });

  test('hands the demo of the cluster, and no other command, to an entry of its own', () => {
    const commands = [
      ['demo', '--json', '--cluster'],
      ['demo', '--json'],
      ['up', '--cluster'],
    ];
    expect(commands.map((command) => micado(...command).stdout)).toEqual([
      'cluster demo with demo --json --cluster\n',
      'runs with demo --json\n',
      'runs with up --cluster\n',
    ]);
  });

  test('does nothing and says nothing the second time', () => {
    micado('up');
    const { stdout, stderr } = micado('down');
    expect({ stdout, stderr }).toEqual({ stdout: 'runs with down\n', stderr: '' });
    expect(asked()).toEqual([INSTALL, ...BUILD]);
  });

  test('compiles again when a source was written, added or removed', () => {
    micado('up');
    utimesSync(join(clone, 'deploy/main.ts'), 1, 1);
    micado('up');
    write('rulegen/core/new.ts', '');
    micado('up');
    rmSync(join(clone, 'rulegen/core/new.ts'));
    micado('up');
    expect(asked()).toEqual([INSTALL, ...BUILD, ...BUILD, ...BUILD, ...BUILD]);
  });

  test('installs again when the lock file names another version, not when only its time changed', () => {
    micado('up');
    utimesSync(join(clone, 'package-lock.json'), new Date(), new Date());
    micado('up');
    expect(asked()).toEqual([INSTALL, ...BUILD]);
    write('package-lock.json', lockFile('2.0.0'));
    micado('up');
    expect(asked()).toEqual([INSTALL, ...BUILD, INSTALL]);
  });

  test('two at once install and compile once, and both run', async () => {
    const run = () =>
      promisify(execFile)(process.execPath, [join(clone, 'deploy/micado.mjs'), 'up'], { env: env() });
    const results = await Promise.all([run(), run(), run()]);
    expect(results.map(({ stdout }) => stdout)).toEqual([
      'runs with up\n',
      'runs with up\n',
      'runs with up\n',
    ]);
    expect(results.filter(({ stderr }) => stderr.includes('waiting for process'))).toHaveLength(2);
    expect(asked()).toEqual([INSTALL, ...BUILD]);
  });

  test('is not held up by the lock of a process that was killed', () => {
    write('dist/.prepare.lock', `${process.pid} 1`);
    expect(micado('up').stdout).toBe('runs with up\n');
  });

  test('does not run what does not compile, and tries again the next time', () => {
    write('deploy/main.ts', 'broken');
    const { status, stdout, stderr } = micado('up');
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toContain('deploy/main.ts: error');
    expect(stderr).toContain('tsc -p tsconfig.build.json failed (exit code 2)');
    expect(micado('up').status).toBe(1);
  });

  test('says in one line that npm is missing', () => {
    rmSync(join(clone, 'path/npm'));
    const { status, stderr } = spawnSync(process.execPath, [join(clone, 'deploy/micado.mjs'), 'up'], {
      env: { PATH: join(clone, 'path') },
      encoding: 'utf8',
    });
    expect(status).toBe(1);
    expect(stderr.trim().split('\n').at(-1)).toMatch(/^micado: cannot run npm ci .*ENOENT$/);
  });
});
