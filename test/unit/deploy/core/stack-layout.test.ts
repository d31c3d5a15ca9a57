import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { mountsBelow } from '../../../../deploy/core/parse-mounts.ts';
import {
  layOutStack,
  PART_NAMES,
  problemWithContents,
  problemWithFolder,
} from '../../../../deploy/core/stack-layout.ts';

const layout = layOutStack('/srv/micado');

test('everything of a stack lies in its folder', () => {
  const paths = [
    ...Object.values(layout).filter((value) => typeof value === 'string'),
    ...PART_NAMES.flatMap((name) => [layout.logFile(name), layout.pidFile(name)]),
  ];
  expect(paths.filter((path) => path !== layout.folder && !path.startsWith('/srv/micado/'))).toEqual([]);
});

test('a path that Prometheus would read as a pattern is refused', () => {
  expect(problemWithFolder('/srv/my state-1')).toBeUndefined();
  fc.assert(
    fc.property(fc.constantFrom('*', '?', '[', ']', '{', '}', '\\'), fc.string(), (bad, rest) => {
      expect(problemWithFolder(`/srv/${rest}${bad}`)).toContain('must not hold');
    }),
  );
});

describe('problemWithContents', () => {
  test.each([[[]], [['state.json', 'notes.txt']], [['logs', 'run', 'up.pid', 'up.pid.77']]])(
    'takes a folder with %j',
    (names) => {
      expect(problemWithContents(layout, names)).toBeUndefined();
    },
  );

  test('refuses a folder in which something else lives', () => {
    expect(problemWithContents(layout, ['logs', 'thesis.tex'])).toContain('(thesis.tex)');
  });
});

test('mounts below a folder are found innermost first, blanks undone, neighbours left out', () => {
  const line = (target: string): string => `1 2 0:3 / ${target} rw - tmpfs tmpfs rw`;
  const text = ['/', '/my\\040state/engine', '/my\\040state/engine/netns/x', '/my\\040state2'].map(line);
  expect(mountsBelow(text.join('\n'), '/my state')).toEqual(['/my state/engine/netns/x', '/my state/engine']);
});
