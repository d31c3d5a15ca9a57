/** The policy file. It is read at each pass and parsed when its text changes; watching it only makes the pass come sooner. */
import { readFile, watch } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { load } from 'js-yaml';
import { describeError } from '../../internal/daemon/app-error.ts';
import type { Clock } from '../../internal/daemon/clock.ts';
import type { Actor } from '../../internal/daemon/run-group.ts';
import { type ParsedPolicy, parsePolicy } from '../core/parse-policy.ts';
import { EMPTY_POLICY, type Policy } from '../core/policy.ts';
import type { Problem } from '../core/problem.ts';
import type { GivenSettings } from '../core/settings.ts';
import type { PolicySource } from '../ports.ts';

/**
 * @param path empty: there is no policy file, and nothing to be wrong with it.
 * @param flags what the command line says in place of built-in values
 */
export function createFsPolicySource(path: string, flags: GivenSettings = {}): PolicySource {
  if (path === '') {
    const reading = { policy: { ...EMPTY_POLICY, flags }, problems: [] };
    return { read: () => Promise.resolve(reading) };
  }
  let lastGood: Policy | undefined;
  let parsed: { readonly text: string; readonly result: ParsedPolicy } | undefined;
  return {
    async read() {
      let text: string;
      try {
        text = await readFile(path, 'utf8');
      } catch (error) {
        return { policy: lastGood, problems: [unreadable(path, error)] };
      }
      if (parsed?.text !== text) parsed = { text, result: withFlags(parsePolicyText(path, text), flags) };
      const { result } = parsed;
      if (result.ok) lastGood = result.policy;
      return { policy: lastGood, problems: result.ok ? [] : result.problems };
    },
  };
}

const withFlags = (result: ParsedPolicy, flags: GivenSettings): ParsedPolicy =>
  result.ok ? { ok: true, policy: { ...result.policy, flags } } : result;

function parsePolicyText(path: string, text: string): ParsedPolicy {
  // js-yaml takes a document without content for an error.
  if (text.split('\n').every((line) => /^\s*(#.*|---\s*)?$/.test(line))) return parsePolicy(undefined);
  try {
    return parsePolicy(load(text));
  } catch (error) {
    const message = `is not YAML: ${describeError(error)}`;
    return {
      ok: false,
      problems: [{ severity: 'error', where: path, value: '', message, cure: 'correct the file' }],
    };
  }
}

function unreadable(path: string, error: unknown): Problem {
  return {
    severity: 'error',
    where: path,
    value: '',
    message: `cannot be read: ${describeError(error)}`,
    cure: 'put the file there, or correct --policy.file',
  };
}

const RETRY_MS = 5_000;

/** Watches the folder, not the file: editors and configuration mounts replace the file by another. */
export function createPolicyWatcher(path: string, clock: Clock, onChange: () => void): Actor {
  return {
    name: 'policy watcher',
    async run(signal) {
      while (!signal.aborted) {
        try {
          for await (const { filename } of watch(dirname(path), { signal }))
            if (filename === null || filename === basename(path) || filename.startsWith('..data')) onChange();
        } catch {
          // The folder is missing or went away; the periodic pass stands in.
        }
        await clock.sleep(RETRY_MS, signal);
      }
    },
  };
}
