/**
 * The elements of one array in a large JSON text, as texts, while the text arrives: whoever needs few of them parses few,
 * and the whole is never in memory at once.
 */

/**
 * @param chunks a JSON text in pieces
 * @param opening what stands before the array, its bracket included: `"groups":[`. The first place counts.
 * Yields nothing where the text does not hold it.
 */
export async function* splitJsonArray(
  chunks: AsyncIterable<string> | Iterable<string>,
  opening: string,
): AsyncGenerator<string> {
  let text = '';
  let scan: Scan | undefined;
  for await (const chunk of chunks) {
    text += chunk;
    if (scan === undefined) {
      const found = text.indexOf(opening);
      if (found >= 0)
        scan = { at: found + opening.length, start: found + opening.length, depth: 0, quoted: false };
      else text = text.slice(-opening.length);
    }
    if (scan === undefined || scan.depth < 0) continue;
    yield* elementsIn(text, scan);
    text = text.slice(scan.start);
    scan = { ...scan, at: scan.at - scan.start, start: 0 };
  }
}

type Scan = {
  /** Where to go on. */
  at: number;
  /** Where the present element begins. */
  start: number;
  /** Brackets open within it; below zero when the array has ended. */
  depth: number;
  quoted: boolean;
};

/** The elements that end in this text. Goes on where it stopped, with what comes later. */
function* elementsIn(text: string, scan: Scan): Generator<string> {
  for (; scan.at < text.length && scan.depth >= 0; scan.at += 1) {
    if (scan.quoted) {
      const end = endOfString(text, scan.at);
      if (end === undefined) return;
      scan.at = end;
      scan.quoted = false;
      continue;
    }
    const code = text.charCodeAt(scan.at);
    if (code === QUOTE) scan.quoted = true;
    else if (code === BRACE || code === BRACKET) scan.depth += 1;
    else if (code === CLOSING_BRACE || code === CLOSING_BRACKET) scan.depth -= 1;
    const ends = scan.depth < 0 || (scan.depth === 0 && code === COMMA);
    if (!ends) continue;
    const element = text.slice(scan.start, scan.at);
    if (element.trim() !== '') yield element;
    scan.start = scan.at + 1;
  }
}

const QUOTE = 0x22;
const COMMA = 0x2c;
const BRACKET = 0x5b;
const BACKSLASH = 0x5c;
const CLOSING_BRACKET = 0x5d;
const BRACE = 0x7b;
const CLOSING_BRACE = 0x7d;

/** Its last quote, where that has come already. @param from within the string, behind its first quote */
function endOfString(text: string, from: number): number | undefined {
  for (let end = text.indexOf('"', from); end >= 0; end = text.indexOf('"', end + 1)) {
    let backslashes = 0;
    while (text.charCodeAt(end - 1 - backslashes) === BACKSLASH) backslashes += 1;
    if (backslashes % 2 === 0) return end;
  }
  return undefined;
}
