/** How a process ended, and the last thing that it said, in words for one line. */

export type ProcessExit = { readonly code: number | null; readonly signal: string | null };

export function describeExit({ code, signal }: ProcessExit): string {
  if (signal !== null) return `killed by ${signal}`;
  return code === 0 ? 'ended by itself' : `ended with exit code ${code}`;
}

/** The last line of a log that says something, cut down to its message and error where it is JSON or logfmt. */
export function lastWords(log: string): string {
  const lines = log.split('\n').filter((line) => line.trim() !== '');
  const last = lines.at(-1)?.trim() ?? '';
  const words = parseObject(last) ?? parseLogfmt(last);
  const said = [words['msg'], words['error'] ?? words['err']].filter((word) => typeof word === 'string');
  return said.length > 0 ? said.join(': ') : last;
}

/** As Prometheus and Alertmanager write: `level=error msg="…" err="…"`. */
function parseLogfmt(line: string): Readonly<Record<string, unknown>> {
  const pairs = line.matchAll(/(\w+)=(?:"((?:[^"\\]|\\.)*)"|(\S*))/g);
  const undoEscapes = (text: string): string => text.replace(/\\(.)/g, '$1');
  return Object.fromEntries(
    [...pairs].map(([, key = '', quoted, bare = '']) => [key, undoEscapes(quoted ?? bare)] as const),
  );
}

function parseObject(line: string): Readonly<Record<string, unknown>> | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    return JSON.parse(line) as Readonly<Record<string, unknown>>;
  } catch {
    return undefined;
  }
}

/** apt and dpkg mark their errors with `E:`; else the last line is what a failed tool meant to say. */
export function toolError(output: string): string {
  const lines = output.split('\n').map((line) => line.trim());
  const marked = lines.find((line) => line.startsWith('E:'));
  return marked?.replace(/^E:\s*/, '') ?? lines.findLast((line) => line !== '') ?? 'it said nothing';
}
