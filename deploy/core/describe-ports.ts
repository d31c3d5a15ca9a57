/** The list of ports in three forms: a table for people, JSON for programs that write firewalls, and what the documents hold. */
import { formatTable } from './format-table.ts';
import { CLOSED_PORTS, OPEN_PORTS, type OpenPort, type Protocol } from './port-list.ts';

const ALWAYS = 'always';
const NOTHING_ELSE =
  'Nothing else. docs/security.md says of each other port of the stack why not, and what works instead.';

export function describePorts(): string {
  const rows = OPEN_PORTS.map((open) => [
    open.from,
    open.to,
    portOf(open),
    open.onlyWith ?? ALWAYS,
    open.purpose,
  ]);
  return `${formatTable(['from', 'to', 'port', 'only with', 'what for'], rows)}\n${NOTHING_ELSE}\n`;
}

/** One line. A port that is told by its protocol alone, or is yours to choose, has the number null. */
export function portsAsJson(): string {
  const open = OPEN_PORTS.map(({ from, to, port, protocols, purpose, onlyWith }) => ({
    from,
    to,
    port: typeof port === 'number' ? port : null,
    published: port === 'published',
    protocols,
    only_with: onlyWith ?? null,
    purpose,
  }));
  return `${JSON.stringify({ open })}\n`;
}

export const portsInMarkdown = (): string =>
  markdownTable(
    ['from', 'to', 'port', 'only with', 'what for', 'in MiCADO 0.3'],
    OPEN_PORTS.map((open) => [
      open.from,
      open.to,
      portOf(open),
      open.onlyWith ?? ALWAYS,
      open.purpose,
      open.formerly ?? '',
    ]),
  );

export const closedPortsInMarkdown = (): string =>
  markdownTable(
    ['port', 'what', 'where it listens', 'why it stays closed', 'what works instead', 'in MiCADO 0.3'],
    CLOSED_PORTS.map(({ port, protocols, what, listens, whyNot, instead, formerly }) => [
      `${port}/${joined(protocols)}`,
      what,
      listens ?? 'nowhere',
      whyNot,
      instead ?? '',
      formerly ?? '',
    ]),
  );

function portOf({ port, protocols }: OpenPort): string {
  if (port === undefined) return joined(protocols).toUpperCase();
  return port === 'published' ? 'as published' : `${port}/${joined(protocols)}`;
}

const joined = (protocols: readonly Protocol[]): string => protocols.join('+');

function markdownTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |\n`;
  return [line(header), `|${'---|'.repeat(header.length)}\n`, ...rows.map(line)].join('');
}
