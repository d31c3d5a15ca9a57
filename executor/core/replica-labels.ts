/**
 * The servers of a Prometheus pair differ in one external label, which says which of the two it is. Without it their
 * alerts are the same, whichever of them is asked and whichever has told Alertmanager.
 */
import type { Labels } from './target.ts';

export function withoutLabels(labels: Labels, names: readonly string[]): Labels {
  if (!names.some((name) => Object.hasOwn(labels, name))) return labels;
  return Object.fromEntries(Object.entries(labels).filter(([name]) => !names.includes(name)));
}
