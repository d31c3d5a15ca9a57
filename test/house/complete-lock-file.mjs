/**
 * Where a registry lacks other platforms' optional packages, npm leaves them out of a new lock file, and `npm ci` then
 * refuses it. This adds the missing optional entries. Run `npm run lock:complete` after each change of dependencies.
 */
import { readFileSync, writeFileSync } from 'node:fs';

const path = new URL('../../package-lock.json', import.meta.url);
const lock = JSON.parse(readFileSync(path, 'utf8'));
const PLATFORM =
  /(?<os>linux|darwin|win32|freebsd|android|openharmony|sunos|openbsd|netbsd|aix)(?:-(?<cpu>x64|arm64|ia32|arm|s390x|ppc64|riscv64|loong64|wasm32|mips64el))?/;

let added = 0;
for (const [from, entry] of Object.entries(lock.packages)) {
  for (const [name, range] of Object.entries(entry.optionalDependencies ?? {})) {
    if (from === '' || isLocked(from, name)) continue;
    const version = range.replace(/^[^\d]*/, '');
    const { os, cpu } = PLATFORM.exec(name)?.groups ?? {};
    lock.packages[`node_modules/${name}`] = {
      version,
      ...(cpu === undefined ? {} : { cpu: [cpu] }),
      optional: true,
      ...(os === undefined ? {} : { os: [os] }),
    };
    added += 1;
  }
}
lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : 1)));
writeFileSync(path, `${JSON.stringify(lock, null, 2)}\n`);
console.log(`${added} optional entries added`);

/** As Node resolves it: beside the dependent, or in any folder above. */
function isLocked(from, name) {
  for (let folder = from; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('node_modules/') - 1))) {
    if (`${folder === '' ? '' : `${folder}/`}node_modules/${name}` in lock.packages) return true;
    if (folder === '') return false;
  }
}
