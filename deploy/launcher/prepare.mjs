/** Makes a clone ready to run: packages as the lock file says, `dist/` as the sources say. Does nothing when they are. */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { holdLock } from './hold-lock.mjs';

/** The test cluster and the benches are compiled too, for `micado demo --cluster` and `npm run bench`. */
const SOURCE_FOLDERS = [
  'deploy',
  'executor',
  'exporter',
  'internal',
  'rulegen',
  'test/bench',
  'test/cluster',
  'test/fakes',
  'test/real/support',
];
const BUNDLER = 'deploy/launcher/bundle.mjs';
const BUILD_FILES = ['package.json', 'tsconfig.json', 'tsconfig.build.json', BUNDLER];

/** A failure that one line explains. */
class PrepareError extends Error {
  name = 'PrepareError';
}

export async function prepare(rootUrl) {
  const root = fileURLToPath(rootUrl);
  const dist = join(root, 'dist');
  const stampFile = join(dist, '.build-stamp');
  const upToDate = () => packagesMatchLock(root) && readText(stampFile) === sourceStamp(root);
  if (upToDate()) return;
  mkdirSync(dist, { recursive: true });
  const release = await holdLock(join(dist, '.prepare.lock'), (pid) =>
    say(`waiting for process ${pid}, which prepares this folder`),
  );
  try {
    if (!packagesMatchLock(root)) await installPackages(root);
    if (!upToDate()) await build(root, stampFile);
  } finally {
    release();
  }
}

async function installPackages(root) {
  await timed('installing npm packages (npm ci)', () =>
    run(root, 'npm', ['ci', '--include=dev', '--no-audit', '--no-fund']),
  );
}

async function build(root, stampFile) {
  const stamp = sourceStamp(root);
  const compiler = join(root, 'node_modules', '.bin', 'tsc');
  await timed('compiling TypeScript into dist/', () => run(root, compiler, ['-p', 'tsconfig.build.json']));
  await timed('bundling the binaries into dist/bin/', () => run(root, process.execPath, [BUNDLER]));
  writeFileSync(stampFile, stamp);
}

/**
 * Whether node_modules holds every version that the lock file names. npm writes node_modules/.package-lock.json last, so
 * an interrupted installation does not match. Optional packages of other platforms are rightly absent.
 */
export function packagesMatchLock(root) {
  const wanted = readPackages(join(root, 'package-lock.json'));
  const installed = readPackages(join(root, 'node_modules', '.package-lock.json'));
  return Object.entries(wanted).every(([path, entry]) => {
    const found = installed[path];
    return path === '' || (found === undefined ? entry.optional === true : found.version === entry.version);
  });
}

function readPackages(path) {
  const text = readText(path);
  return text === undefined ? {} : (JSON.parse(text).packages ?? {});
}

/** Changes whenever a source is added, removed or written. */
function sourceStamp(root) {
  const hash = createHash('sha256');
  const files = SOURCE_FOLDERS.flatMap((folder) => sourcesBelow(root, folder)).sort();
  for (const file of [...BUILD_FILES, ...files]) {
    const { mtimeMs, size } = statSync(join(root, file));
    hash.update(`${file} ${mtimeMs} ${size}\n`);
  }
  return hash.digest('hex');
}

function sourcesBelow(root, folder) {
  if (!existsSync(join(root, folder))) return [];
  return readdirSync(join(root, folder), { recursive: true })
    .filter((name) => /\.(ts|css|html|svg)$/.test(name))
    .map((name) => join(folder, name));
}

function readText(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

/** What the tool prints goes to stderr: stdout belongs to the command that follows. */
function run(root, command, args) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, stdio: ['ignore', 2, 2] });
    const what = [basename(command), ...args].join(' ');
    child.on('error', (error) => reject(new PrepareError(`cannot run ${what}: ${error.message}`)));
    child.on('exit', (code, signal) => {
      if (code === 0) resolve();
      else
        reject(new PrepareError(`${what} failed (${signal ?? `exit code ${code}`}); its messages are above`));
    });
  });
}

async function timed(what, work) {
  const start = performance.now();
  say(`${what} …`);
  await work();
  say(`${what}: done in ${((performance.now() - start) / 1000).toFixed(1)} s`);
}

function say(text) {
  console.error(`micado: ${text}`);
}
