/**
 * What Occopus' command-line tools mean: their exit codes are 0 whatever happens, so their words are the answer. They may
 * repeat what they were given, a token too, and those words end on a terminal and in logs.
 */

export type ToolWords = { readonly exitCode: number; readonly words: string };
export type ToolVerdict = { readonly ok: true } | { readonly ok: false; readonly problem: string };

const SHOWN_LENGTH = 600;

export function judgeImport({ exitCode, words }: ToolWords): ToolVerdict {
  return exitCode === 0 && words.includes('Successfully imported') ? { ok: true } : failed(words, exitCode);
}

/**
 * What it says when it is done differs by version, and a VM that does not boot at once is no failure of the build: that is tried
 * again by whoever maintains the infrastructure. These are words about the description.
 */
export function judgeBuild({ exitCode, words }: ToolWords): ToolVerdict {
  const isBad = exitCode !== 0 || /\[SchemaCheck\] ERROR|SchemaError|Traceback|unknown key/.test(words);
  return isBad ? failed(words, exitCode) : { ok: true };
}

function failed(words: string, exitCode: number): ToolVerdict {
  const text = plainWords(words);
  return { ok: false, problem: text === '' ? `it said nothing and ended with code ${exitCode}` : text };
}

/** On one line, its end where it is long: what went wrong comes last. */
function plainWords(words: string): string {
  const text = words
    .replace(/SWMTKN-[\w-]+/g, 'SWMTKN-…')
    .replace(/\s+/g, ' ')
    .trim();
  return text.length > SHOWN_LENGTH ? `… ${text.slice(-SHOWN_LENGTH)}` : text;
}
