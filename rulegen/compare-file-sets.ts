import { createHash } from 'node:crypto';
import type { RuleFile } from './core/rule-file.ts';

/** Names of files that are in both, in the same words. */
export function namesOfSame(before: readonly RuleFile[], now: readonly RuleFile[]): ReadonlySet<string> {
  const texts = new Map(before.map(({ name, text }) => [name, text]));
  return new Set(now.filter(({ name, text }) => texts.get(name) === text).map(({ name }) => name));
}

/** The same for the same files, whatever objects they are. */
export function fingerprint(files: readonly RuleFile[]): string {
  const hash = createHash('sha256');
  for (const file of files) hash.update(digestOf(file));
  return hash.digest('hex');
}

/** Most files are the same objects from pass to pass. */
const digests = new WeakMap<RuleFile, string>();

function digestOf(file: RuleFile): string {
  const known = digests.get(file);
  if (known !== undefined) return known;
  const digest = createHash('sha256').update(`${file.name}\0${file.text}`).digest('hex');
  digests.set(file, digest);
  return digest;
}
