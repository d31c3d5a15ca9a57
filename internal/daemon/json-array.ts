/**
 * The elements of one array in a large JSON text, one after the other, as texts: whoever needs few of them parses few, and
 * none of the rest ever becomes objects.
 */

/**
 * @param opening what stands before the array, its bracket included: `"groups":[`. The first place counts.
 * Yields nothing where the text does not hold it. The text must be JSON.
 */
export function* splitJsonArray(json: string, opening: string): Generator<string> {
  const found = json.indexOf(opening);
  if (found < 0) return;
  let start = found + opening.length;
  let depth = 0;
  for (let at = start; at < json.length; at += 1) {
    switch (json.charCodeAt(at)) {
      case QUOTE:
        at = endOfString(json, at);
        break;
      case BRACE:
      case BRACKET:
        depth += 1;
        break;
      case CLOSING_BRACE:
      case CLOSING_BRACKET:
        depth -= 1;
        break;
      case COMMA:
        if (depth > 0) break;
        yield json.slice(start, at);
        start = at + 1;
        break;
      default:
    }
    if (depth >= 0) continue;
    const last = json.slice(start, at);
    if (last.trim() !== '') yield last;
    return;
  }
}

const QUOTE = 0x22;
const COMMA = 0x2c;
const BRACKET = 0x5b;
const BACKSLASH = 0x5c;
const CLOSING_BRACKET = 0x5d;
const BRACE = 0x7b;
const CLOSING_BRACE = 0x7d;

/** @param start where its first quote stands */
function endOfString(json: string, start: number): number {
  for (let end = json.indexOf('"', start + 1); end >= 0; end = json.indexOf('"', end + 1)) {
    let backslashes = 0;
    while (json.charCodeAt(end - 1 - backslashes) === BACKSLASH) backslashes += 1;
    if (backslashes % 2 === 0) return end;
  }
  return json.length;
}
