/** Each binary as one file: what is in it, and that it runs where there is no node_modules. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { eventually } from '../../eventually.ts';
import { type DockerEngineServer, startDockerEngineServer } from '../../fakes/docker-engine-server.ts';
import { type FakePrometheus, startFakePrometheus } from '../../fakes/prometheus-server.ts';
import { aTempFolder } from '../../temp-folder.ts';

const ROOT = join(import.meta.dirname, '../../..');
const BINARIES = ['rulegen', 'exporter', 'executor'] as const;
type Binary = (typeof BINARIES)[number];

/** What an image holds: the bundles, the templates and package.json. */
const image = aTempFolder();
const bundles = join(image, 'dist/bin');
const fileOf = (binary: Binary): string => join(bundles, `micado-${binary}.js`);

let docker: DockerEngineServer;
let prometheus: FakePrometheus;
const rulesDir = aTempFolder();
const started: ChildProcess[] = [];

beforeAll(async () => {
  mkdirSync(bundles, { recursive: true });
  cpSync(join(ROOT, 'templates'), join(image, 'templates'), { recursive: true });
  cpSync(join(ROOT, 'package.json'), join(image, 'package.json'));
  execFileSync(process.execPath, [join(ROOT, 'deploy/launcher/bundle.mjs'), bundles]);
  docker = await startDockerEngineServer();
  prometheus = await startFakePrometheus(rulesDir);
}, 30_000);
afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
});
afterAll(async () => {
  await prometheus[Symbol.asyncDispose]();
  await docker[Symbol.asyncDispose]();
});

/** The npm packages whose files are in a bundle. */
function packagesIn(binary: Binary): ReadonlySet<string> {
  const { inputs } = JSON.parse(readFileSync(join(bundles, `micado-${binary}.meta.json`), 'utf8')) as {
    inputs: object;
  };
  const names = Object.keys(inputs).map((path) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1]);
  return new Set(names.filter((name) => name !== undefined));
}

const outputOf = (binary: Binary, ...args: readonly string[]): string =>
  execFileSync(process.execPath, [fileOf(binary), ...args], { cwd: image, encoding: 'utf8' });

/** The address that it listens on, from its log. */
async function start(binary: Binary, ...flags: readonly string[]): Promise<string> {
  const child = spawn(
    process.execPath,
    [
      fileOf(binary),
      `--docker.host=${docker.address}`,
      '--web.listen-address=127.0.0.1:0',
      '--log.format=json',
      ...flags,
    ],
    { cwd: image, stdio: ['ignore', 'ignore', 'pipe'] },
  );
  started.push(child);
  let log = '';
  child.stderr?.on('data', (part) => {
    log += String(part);
  });
  return await eventually(`${binary} listens`, () => {
    if (child.exitCode !== null) throw new Error(log);
    return /"url":"(http:[^"]+)","msg":"listening"/.exec(log)?.[1];
  });
}

describe('the bundles', () => {
  test('leave out of the exporter what its memory cannot afford', () => {
    const costly = ['dockerode', 'express', 'prom-client', 'zod', 'pino'];
    expect(costly.filter((name) => packagesIn('exporter').has(name))).toEqual([]);
    expect(costly.filter((name) => packagesIn('executor').has(name))).toEqual(costly);
  });

  test('leave out of all what compiles native code', () => {
    const native = ['ssh2', 'cpu-features', 'protobufjs', '@grpc/grpc-js'];
    expect(BINARIES.flatMap((binary) => native.filter((name) => packagesIn(binary).has(name)))).toEqual([]);
  });

  test.each(BINARIES)('%s says its version and its flags', (binary) => {
    const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };
    expect(outputOf(binary, '--version')).toBe(`micado-${binary} ${version}\n`);
    expect(outputOf(binary, '--help')).toContain('--web.listen-address=<host:port>');
  });

  test('rulegen finds its templates and reads the engine', async () => {
    await start('rulegen', `--rules.dir=${rulesDir}`, `--prometheus.url=${prometheus.url}`);
    await eventually('a rule file', () => existsSync(join(rulesDir, 'cluster.yml')));
  });

  test('the exporter serves a scrape', async () => {
    const url = await start('exporter', '--no-collector.swarm');
    expect(await (await fetch(`${url}/metrics`)).text()).toContain('micado_exporter_build_info{');
  });

  test('the executor serves its status page', async () => {
    const url = await start('executor', `--journal.file=${join(aTempFolder(), 'journal')}`);
    const page = await fetch(`${url}/`);
    expect(await page.text()).toContain('<html');
    expect(page.headers.get('content-security-policy')).toMatch(
      /^default-src 'none'; script-src 'self'; style-src 'self'; .*frame-ancestors 'none'$/,
    );
    const files = ['page.js', 'page.css', 'icon.svg'].map((name) => fetch(`${url}/${name}`));
    expect((await Promise.all(files)).map(({ status }) => status)).toEqual([200, 200, 200]);
  });
});
