/** What is wrong, or worth knowing, at one place of a file that a person wrote. Errors refuse it, the others do not. */

export type Place = { readonly line: number; readonly column: number };

export type Severity = 'error' | 'warning' | 'note';

export type Finding = { readonly severity: Severity; readonly place: Place; readonly message: string };

export const hasErrors = (findings: readonly Finding[]): boolean =>
  findings.some(({ severity }) => severity === 'error');

/** `file:line:column: message`, in the order of the places, so that an editor can jump to each. */
export function renderFindings(file: string, findings: readonly Finding[]): string {
  return findings
    .toSorted((a, b) => a.place.line - b.place.line || a.place.column - b.place.column)
    .map(({ place, severity, message }) => {
      const kind = severity === 'error' ? '' : `${severity}: `;
      return `${file}:${place.line}:${place.column}: ${kind}${message}\n`;
    })
    .join('');
}
