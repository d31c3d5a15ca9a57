import type { Path } from './read-document.ts';

export type Scalar = { readonly path: Path; readonly value: unknown };

/** All values below one, in their order, each with the path to it. */
export function walkScalars(value: unknown, path: Path = []): readonly Scalar[] {
  if (Array.isArray(value)) return value.flatMap((item, index) => walkScalars(item, [...path, index]));
  if (typeof value === 'object' && value !== null)
    return Object.entries(value).flatMap(([key, item]) => walkScalars(item, [...path, key]));
  return [{ path, value }];
}

/** The path to each key below a value. */
export function walkKeys(value: unknown, path: Path = []): readonly Path[] {
  if (Array.isArray(value)) return value.flatMap((item, index) => walkKeys(item, [...path, index]));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) => [[...path, key], ...walkKeys(item, [...path, key])]);
}
