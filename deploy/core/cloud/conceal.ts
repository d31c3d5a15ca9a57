/** Words of others may repeat what they were given. Join tokens, and what the credentials hold, are taken out of them. */
import { JSON_SCHEMA, load } from 'js-yaml';
import { z } from 'zod';
import { walkScalars } from '../user-data/walk-scalars.ts';

const schema = z.object({
  resource: z.array(z.object({ auth_data: z.record(z.string(), z.unknown()) })),
});

/** What is shorter stands in every sentence, and is no secret. */
const LEAST_LENGTH = 4;

/** All values of the credentials, line by line: a key in a file has many. None where the file cannot be read. */
export function secretsIn(authData: string): readonly string[] {
  const parsed = schema.safeParse(readYaml(authData));
  return (parsed.data?.resource ?? [])
    .flatMap(({ auth_data: { type: _type, ...credentials } }) => walkScalars(credentials))
    .flatMap(({ value }) => String(value).split('\n'))
    .map((line) => line.trim())
    .filter((line) => line.length >= LEAST_LENGTH);
}

/** The longest first: one secret may be a part of another. A program may also print them with its escapes. */
export function conceal(words: string, secrets: readonly string[]): string {
  const forms = secrets.flatMap((secret) => [JSON.stringify(secret).slice(1, -1), secret]);
  return forms
    .toSorted((a, b) => b.length - a.length)
    .reduce((text, form) => text.replaceAll(form, '***'), words)
    .replace(/SWMTKN-[\w-]+/g, 'SWMTKN-…');
}

function readYaml(source: string): unknown {
  try {
    return load(source, { schema: JSON_SCHEMA });
  } catch {
    return undefined;
  }
}
