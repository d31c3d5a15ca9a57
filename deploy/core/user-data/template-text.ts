/** Occopus takes the description of a VM for a template too, and a template can run commands on the master. */
export const holdsTemplate = (value: string): boolean => /\{[{%#]/.test(value);
