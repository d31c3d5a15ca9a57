/** What the guide must hold without anything being run: its chapters, a way to try each block, commands that exist. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { listCommands } from '../../deploy/command-list.ts';
import { missingLines, readGuideBlocks, readInlineCommands, untypedCommands } from './guide-blocks.ts';
import { ROOT } from './source-files.ts';

const guide = readFileSync(join(ROOT, 'docs/guide.md'), 'utf8');
const blocks = readGuideBlocks(guide);

describe('the guide', () => {
  test('has the chapters of MiCADO’s', () => {
    expect([...guide.matchAll(/^## (.+)$/gm)].map((match) => match[1])).toEqual([
      'Overview',
      'Prerequisites',
      'Deploy',
      'Deploy an application',
      'Test',
      'Query',
      'Check alerts',
      'Delete',
      'Troubleshooting',
    ]);
  });

  test('has most of its commands run, and says in its text what a block needs that no test has', () => {
    const untried = blocks.filter(({ how }) => how.kind === 'untried');
    expect(untried.length).toBeLessThan(blocks.length / 4);
    const lines = guide.split('\n');
    const before = untried.map(({ line }) => lines.slice(Math.max(0, line - 8), line - 1).join(' '));
    expect(before.filter((text) => !/\*Needs /.test(text))).toEqual([]);
  });

  test('names tests that exist where a block is tried elsewhere', () => {
    const elsewhere = blocks.flatMap(({ how }) => (how.kind === 'test' ? [how.path] : []));
    expect(elsewhere.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
  });

  test('names no command in its text that no block types, but for the one that MiCADO had', () => {
    const commands = readInlineCommands(guide);
    expect(commands.length).toBeGreaterThan(10);
    expect(untypedCommands(commands, blocks).map(({ text }) => text)).toEqual([
      'curl -X DELETE http://master:5000/infrastructures/…',
    ]);
  });

  test('names no command that micado does not have', () => {
    const deps = { certFolder: undefined, stdout: () => {} };
    const unused = () => {
      throw new Error('nothing is run here');
    };
    const commands = listCommands({ ...deps, surroundings: unused, terminal: unused }).map(
      ({ name }) => name,
    );
    const named = [...guide.matchAll(/(?:npx |`)micado ([a-z-]+)/g)].map((match) => match[1] ?? '');
    expect(named.length).toBeGreaterThan(20);
    expect(named.filter((name) => !commands.includes(name))).toEqual([]);
  });

  test('opens none of the ports that MiCADO opened to the world', () => {
    const shell = blocks.filter(({ how }) => how.kind !== 'file').map(({ text }) => text);
    expect(shell.filter((text) => /0\.0\.0\.0|tcp:\/\/|:(2375|8500|5000)\/(?!infra)/.test(text))).toEqual([]);
  });
});

describe('a block', () => {
  test('that does not say how it is tried is refused', () => {
    expect(() => readGuideBlocks('```sh\nls\n```')).toThrow(
      'line 1: a block that does not say how it is tried',
    );
    expect(() => readGuideBlocks('```text\nls\n```')).toThrow('line 1: an answer without a question');
  });

  test('may be typed at one’s own machine', () => {
    expect(readGuideBlocks('```sh background own\nls\n```')).toMatchObject([
      { at: 'own', how: { kind: 'background' } },
    ]);
  });

  test('has the answer that stands below it', () => {
    expect(readGuideBlocks('## A\n```sh until\nls\n```\nThen:\n```text\na … b\nc\n```\n')).toEqual([
      { chapter: 'A', line: 2, text: 'ls', at: 'master', how: { kind: 'until', answer: ['a … b', 'c'] } },
    ]);
  });
});

test('a command in the text is one that a block types, with any word where the text has none', () => {
  const guideOf = (text: string): string =>
    `${text}\n\`\`\`sh run\nnpx micado why web && curl -s http://a/b\n\`\`\`\n`;
  const untyped = (text: string) =>
    untypedCommands(readInlineCommands(guideOf(text)), readGuideBlocks(guideOf(text))).map((one) => one.text);
  expect(untyped('`micado why <service>`, `npx micado why`, `micado.max`, `curl -s http://a/b`')).toEqual([]);
  expect(untyped('`micado why api`, `micado wh`, `curl -s http://a`')).toEqual([
    'micado why api',
    'micado wh',
    'curl -s http://a',
  ]);
});

test('an answer is compared word by word, in the order shown', () => {
  expect(missingLines(['web  scaled … 5', '(b)'], 'a (b)\nweb   scaled  1   1   5\n')).toEqual([]);
  expect(missingLines(['web 5 … scaled', '(c)'], 'a (b)\nweb   scaled  1   1   5\n')).toEqual([
    'web 5 … scaled',
    '(c)',
  ]);
});
