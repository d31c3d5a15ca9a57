/** From where, and how, this machine's apt has its release of Debian: whichever mirror, through whichever proxy. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '../cluster/command.ts';

/** The files that name the mirror. */
export async function findAptSources(release: string): Promise<readonly string[]> {
  const folder = '/etc/apt/sources.list.d';
  const listed = (await readdir(folder).catch(() => [])).filter((name) => /\.(list|sources)$/.test(name));
  const files = ['/etc/apt/sources.list', ...listed.map((name) => join(folder, name))];
  const texts = await Promise.all(files.map((file) => readFile(file, 'utf8').catch(() => '')));
  const found = files.filter((_, index) => namesRelease(texts[index] ?? '', release));
  if (found.length === 0) throw new Error(`no file of apt's sources has ${release} with its component main`);
  return found;
}

/** In either form: `deb <mirror> <suites…> main …`, or paragraphs with `Suites:` and `Components:`. */
function namesRelease(text: string, release: string): boolean {
  return text.split(/\n\s*\n/).some((paragraph) => {
    const has = (key: string, word: string): boolean =>
      new RegExp(`^${key}:(.*\\s)?${word}(\\s|$)`, 'mi').test(paragraph);
    const oneLine = new RegExp(`^deb\\s.*\\s${release}\\s(.*\\s)?main(\\s|$)`, 'm').test(paragraph);
    return oneLine || (has('Types', 'deb') && has('Suites', release) && has('Components', 'main'));
  });
}

/** Options in the form of apt's own files, such as `Acquire::Retries "3";`. */
export async function readAptAcquireOptions(): Promise<readonly string[]> {
  const lines = (await run('apt-config', ['dump', 'Acquire'])).split('\n');
  return lines.filter((line) => /^Acquire::(Check-|https?::|Retries)/.test(line));
}
