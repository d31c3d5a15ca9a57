/** Reading Docker's answers without trusting their shape. */

export type Json = Readonly<Record<string, unknown>>;

/** What stands under these keys, or undefined where any of them leads nowhere. */
export function jsonAt(value: unknown, ...keys: readonly string[]): unknown {
  let at = value;
  for (const key of keys) {
    if (typeof at !== 'object' || at === null) return undefined;
    at = (at as Json)[key];
  }
  return at;
}

export function textAt(value: unknown, ...keys: readonly string[]): string {
  const at = jsonAt(value, ...keys);
  return typeof at === 'string' ? at : '';
}

/** NaN where there is no number. */
export function numberAt(value: unknown, ...keys: readonly string[]): number {
  const at = jsonAt(value, ...keys);
  return typeof at === 'number' ? at : Number.NaN;
}

export function listAt(value: unknown, ...keys: readonly string[]): readonly unknown[] {
  const at = jsonAt(value, ...keys);
  return Array.isArray(at) ? at : [];
}

/** The entries that are texts. */
export function textsAt(value: unknown, ...keys: readonly string[]): Readonly<Record<string, string>> {
  const at = jsonAt(value, ...keys);
  if (typeof at !== 'object' || at === null) return {};
  return Object.fromEntries(
    Object.entries(at).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}
