/** What is wrong with something that a user wrote: always the place, the value, the allowed form and the cure. */
export type Problem = {
  /** The label, the path in the policy file, or the file: `micado.max`, `services.web.scaleup.for`. */
  readonly where: string;
  /** As it was written; empty where something is missing. */
  readonly value: string;
  /** What is wrong, with the allowed form. */
  readonly message: string;
  readonly cure: string;
};

/** One line for the log. */
export function describeProblem({ where, value, message, cure }: Problem): string {
  const shown = value === '' ? '' : ` = "${value}"`;
  return `${where}${shown}: ${message}; ${cure}`;
}
