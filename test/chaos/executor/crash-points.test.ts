/** No port is forgotten, and no crash point is only on paper. */
import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { CRASH_POINTS, PORT_EFFECTS } from './crash-points.ts';
import { play } from './play.ts';
import { STORIES } from './stories.ts';

const PORTS = readFileSync(new URL('../../../executor/ports.ts', import.meta.url), 'utf8');

test('every port has its methods sorted into those that read and those that change', () => {
  const types = PORTS.matchAll(/^export type (\w+) = \{\n(.*?)^\};/gms);
  const ports = [...types].filter(([, , body = '']) => /\): /.test(body)).map(([, name]) => name);
  expect(new Set(ports)).toEqual(new Set(Object.keys(PORT_EFFECTS)));
});

test('every crash point is passed by some story', async () => {
  const outcomes = await Promise.all(STORIES.map((story) => play(story)));
  const passed = new Set(outcomes.flatMap((outcome) => outcome.passed));
  expect([...passed].toSorted()).toEqual(CRASH_POINTS.toSorted());
});
