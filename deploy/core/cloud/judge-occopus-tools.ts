/**
 * What Occopus' command-line tools mean: their exit codes are 0 whatever happens, so their words are the answer. They may
 * repeat what they were given, secrets too, and those words end on a terminal and in logs.
 */
import { conceal } from './conceal.ts';

export type ToolWords = { readonly exitCode: number; readonly words: string };
/** What nobody may read in them. */
type Secrets = readonly string[];
export type ToolVerdict = { readonly ok: true } | { readonly ok: false; readonly problem: string };

const SHOWN_LENGTH = 600;

export function judgeImport(said: ToolWords, secrets: Secrets): ToolVerdict {
  const isDone = said.exitCode === 0 && said.words.includes('Successfully imported');
  return isDone ? { ok: true } : failed(said, secrets);
}

/**
 * What it says when it is done differs by version, and a VM that does not boot at once is no failure of the build: that is tried
 * again by whoever maintains the infrastructure. These are words about the description.
 */
export function judgeBuild(said: ToolWords, secrets: Secrets): ToolVerdict {
  const isBad =
    said.exitCode !== 0 || /\[SchemaCheck\] ERROR|SchemaError|Traceback|unknown key/.test(said.words);
  return isBad ? failed(said, secrets) : { ok: true };
}

function failed({ exitCode, words }: ToolWords, secrets: Secrets): ToolVerdict {
  const text = plainWords(conceal(words, secrets));
  return { ok: false, problem: text === '' ? `it said nothing and ended with code ${exitCode}` : text };
}

/** On one line, its end where it is long: what went wrong comes last. */
function plainWords(words: string): string {
  const text = words.replace(/\s+/g, ' ').trim();
  return text.length > SHOWN_LENGTH ? `… ${text.slice(-SHOWN_LENGTH)}` : text;
}
