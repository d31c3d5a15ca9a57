/** Secrets that user data names: variables of the environment, and files beside it. Their values are never part of a message. */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { describeError } from '../../internal/daemon/app-error.ts';
import { holdsTemplate } from '../core/user-data/template-text.ts';
import type { SecretReference } from '../core/user-data/value-kinds.ts';

export type FoundSecret = { readonly value: string } | { readonly problem: string };

export type SecretSource = (reference: SecretReference) => Promise<FoundSecret>;

/** @param folder of the user data, for relative paths */
export function createSecretSource(
  folder: string,
  env: Readonly<Record<string, string | undefined>>,
): SecretSource {
  return async ({ kind, name }) => {
    switch (kind) {
      case 'env':
        return toSecret(env[name] ?? '', `the variable ${name} is not set`);
      case 'file':
        return await readFile(resolve(folder, name), 'utf8').then(
          (text) => toSecret(text, `the file ${name} is empty`),
          (error: unknown) => ({ problem: `cannot be read: ${describeError(error)}` }),
        );
    }
  };
}

/** The line's end that editors leave is no part of a password. */
function toSecret(text: string, problem: string): FoundSecret {
  const value = text.replace(/\r?\n$/, '');
  if (holdsTemplate(value)) return { problem: 'holds {{, {% or {#, which Occopus would run' };
  return value === '' ? { problem } : { value };
}
