/**
 * The fenced blocks of a guide, and how each of them is tried. The word after the language says it:
 *   sh run           typed once; what follows as `text` is in its answer
 *   sh until         asked again until it succeeds, and its answer holds what follows as `text`
 *   sh background    goes on while the rest is typed
 *   … file=<path>    the reader writes this file
 *   sh test=<path>   tried by that test
 *   sh cloud|mesh   needs what a test does not have
 * Where it is typed at one's own machine, and not on the master, `own` comes last.
 */

export type Block = {
  readonly chapter: string;
  readonly line: number;
  readonly text: string;
  readonly at: 'master' | 'own';
  readonly how: How;
};

type How =
  | { readonly kind: 'run' | 'until'; readonly answer: readonly string[] }
  | { readonly kind: 'background' }
  | { readonly kind: 'file' | 'test'; readonly path: string }
  | { readonly kind: 'untried'; readonly needs: string };

const FENCE = /^```(\S*) ?(.*)$/;
const UNTRIED = ['cloud', 'mesh'];
const OWN = / own$/;

/** Fails at a block that does not say how it is tried, and at an answer without a question. */
export function readGuideBlocks(markdown: string): readonly Block[] {
  const blocks: Block[] = [];
  let chapter = '';
  let open:
    | { readonly line: number; readonly language: string; readonly mark: string; text: string[] }
    | undefined;
  for (const [index, text] of markdown.split('\n').entries()) {
    if (open === undefined) {
      chapter = /^## (.+)$/.exec(text)?.[1] ?? chapter;
      const [, language, mark] = FENCE.exec(text) ?? [];
      if (language !== undefined) open = { line: index + 1, language, mark: mark ?? '', text: [] };
    } else if (text === '```') {
      const { line, language, mark } = open;
      const content = open.text.join('\n');
      if (language === 'text' && mark === '') answerOf(blocks.pop(), line, open.text, blocks);
      else
        blocks.push({
          chapter,
          line,
          text: content,
          at: OWN.test(mark) ? 'own' : 'master',
          how: howOf(mark.replace(OWN, ''), line),
        });
      open = undefined;
    } else open.text.push(text);
  }
  return blocks;
}

function answerOf(
  question: Block | undefined,
  line: number,
  answer: readonly string[],
  blocks: Block[],
): void {
  if (question?.how.kind !== 'run' && question?.how.kind !== 'until')
    throw new Error(`line ${line}: an answer without a question before it`);
  blocks.push({ ...question, how: { kind: question.how.kind, answer } });
}

function howOf(mark: string, line: number): How {
  if (mark === 'run' || mark === 'until') return { kind: mark, answer: [] };
  if (mark === 'background') return { kind: 'background' };
  if (UNTRIED.includes(mark)) return { kind: 'untried', needs: mark };
  const [, kind, path] = /^(file|test)=(\S+)$/.exec(mark) ?? [];
  if ((kind === 'file' || kind === 'test') && path !== undefined) return { kind, path };
  throw new Error(`line ${line}: a block that does not say how it is tried: ${mark || 'no mark'}`);
}

export type InlineCommand = { readonly line: number; readonly text: string };

const PROGRAMS = ['curl', 'docker', 'journalctl', 'micado', 'npm', 'npx', 'ssh', 'sudo', 'systemctl'];

/** What stands in the text as something to type: a program of the guide's, and what it is given. */
export function readInlineCommands(markdown: string): readonly InlineCommand[] {
  let isBlock = false;
  return markdown.split('\n').flatMap((line, index) => {
    if (FENCE.test(line)) isBlock = !isBlock;
    if (isBlock) return [];
    return [...line.matchAll(/`([^`]+)`/g)]
      .map((match) => match[1] ?? '')
      .filter((text) => PROGRAMS.includes(text.split(' ')[0] ?? '') && text.includes(' '))
      .map((text) => ({ line: index + 1, text }));
  });
}

/** Those that no block types. `<word>` stands for any word, and `micado` for `npx micado`. */
export function untypedCommands(
  commands: readonly InlineCommand[],
  blocks: readonly Block[],
): readonly InlineCommand[] {
  return commands.filter(({ text }) => {
    const words = text.replace(/^npx /, '').split(/<[^>]+>/);
    const pattern = new RegExp(`(^|[ '(])${words.map(escapePattern).join('\\S+')}($|[ ')])`, 'm');
    return !blocks.some((block) => pattern.test(block.text));
  });
}

/** The shown lines that are not in the answer. White space counts as one blank, `…` stands for anything. */
export function missingLines(shown: readonly string[], answer: string): readonly string[] {
  const lines = answer.split('\n').map((line) => line.replace(/\s+/g, ' '));
  return shown.filter((line) => {
    const parts = line.trim().replace(/\s+/g, ' ').split(/ ?… ?/);
    const pattern = new RegExp(parts.map(escapePattern).join('.*'));
    return !lines.some((candidate) => pattern.test(candidate));
  });
}

const escapePattern = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
