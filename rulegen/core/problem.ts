/**
 * What is wrong with something that a user wrote: always the place, the value, the allowed form and the cure. An `error`
 * stops the rules that it concerns: they would be wrong, or cannot be made. A `warning` stops nothing: the rules are
 * sound, and most likely not what was wanted.
 */
export type Severity = 'error' | 'warning';

export type Problem = {
  readonly severity: Severity;
  /** The label, the path in the policy file, or the file: `micado.max`, `services.web.scaleup.for`. */
  readonly where: string;
  /** As it was written; empty where something is missing. */
  readonly value: string;
  /** What is wrong, with the allowed form. */
  readonly message: string;
  readonly cure: string;
};

export const isError = ({ severity }: Problem): boolean => severity === 'error';

/** One line for the log. */
export function describeProblem({ severity, where, value, message, cure }: Problem): string {
  const kind = severity === 'warning' ? 'warning: ' : '';
  const shown = value === '' ? '' : ` = "${value}"`;
  return `${kind}${where}${shown}: ${message}; ${cure}`;
}
