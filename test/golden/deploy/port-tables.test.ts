/** The tables of ports in the documents are made from the list that `micado ports` prints. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { closedPortsInMarkdown, portsInMarkdown } from '../../../deploy/core/describe-ports.ts';
import { ROOT } from '../../house/source-files.ts';

const FILE = join(ROOT, 'docs/security.md');
const read = (): string => readFileSync(FILE, 'utf8');

test.each([
  ['open ports', portsInMarkdown()],
  ['closed ports', closedPortsInMarkdown()],
])('docs/security.md shows the list of %s as it is', (name, table) => {
  const between = new RegExp(`(<!-- ${name}: [^\n]* -->\n)[^]*?(<!-- end -->\n)`);
  if (process.env['GOLDEN_UPDATE'] === '1')
    writeFileSync(
      FILE,
      read().replace(between, (_, begin: string, end: string) => begin + table + end),
    );
  expect(between.exec(read())?.[0].split('\n').slice(1, -2).join('\n')).toBe(table.trimEnd());
});
