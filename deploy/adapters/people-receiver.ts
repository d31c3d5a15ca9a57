/** `people.yml` of the state folder: the ways in which Alertmanager tells people, where somebody has named any. */
import { readFile } from 'node:fs/promises';
import { load, YAMLException } from 'js-yaml';
import { z } from 'zod';
import { AppError, systemErrorCode } from '../../internal/daemon/app-error.ts';
import type { PeopleReceiver } from '../core/config-inputs.ts';

/** What is in each is Alertmanager's business. */
const schema = z.record(z.string().regex(/^[a-z]+_configs$/), z.array(z.looseObject({})));

/** Empty where there is no such file. One that is no receiver is `AppError` invalid. */
export async function readPeopleReceiver(path: string): Promise<PeopleReceiver> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    if (systemErrorCode(error) === 'ENOENT') return undefined;
    throw error;
  });
  if (text === undefined) return {};
  const parsed = schema.safeParse(parseYaml(text));
  if (parsed.success) return parsed.data;
  throw new AppError(
    'invalid',
    `${path}: must hold lists such as email_configs, slack_configs, webhook_configs, as templates/people.example.yml does`,
  );
}

function parseYaml(text: string): unknown {
  try {
    return load(text);
  } catch (error) {
    if (error instanceof YAMLException) return undefined;
    throw error;
  }
}
