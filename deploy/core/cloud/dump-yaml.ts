/**
 * YAML for programs that read version 1.1, as cloud-init and Occopus do: what that takes for a number or a switch is quoted,
 * and text of several lines stands as it is.
 */
import { stringify } from 'yaml';

export const dumpYaml = (value: unknown): string =>
  stringify(value, { lineWidth: 0, compat: 'yaml-1.1', aliasDuplicateObjects: false, blockQuote: 'literal' });
