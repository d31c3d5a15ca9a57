import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { labelsForPolicy, newServiceName } from '../../../../deploy/demo/demo-service.ts';

describe('the labels of the demo’s service', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'demo-policy-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  const ON = { 'micado.scale': 'true' };
  const policies: readonly (readonly [string, string, Readonly<Record<string, string>>])[] = [
    ['that scales by default', 'defaults: { scale: true }', {}],
    ['that says nothing of it', 'services: {}', {}],
    ['that is empty', '', ON],
    ['that leaves services alone', 'defaults:\n  scale: false\n  min: 1', ON],
    ['that cannot be understood', 'defaults: [', ON],
  ];
  test.each(policies)('with a policy %s', async (_what, text, labels) => {
    const file = join(folder, 'policy.yaml');
    await writeFile(file, text);
    expect(await labelsForPolicy(file)).toEqual(labels);
  });

  test('without a policy are the default ones', async () => {
    expect(await labelsForPolicy(join(folder, 'none.yaml'))).toEqual({});
  });
});

test('the demo’s service has a name of its own each time', () => {
  const names = new Set(Array.from({ length: 20 }, newServiceName));
  expect(names.size).toBeGreaterThan(15);
  expect([...names].every((name) => /^micado-demo-[0-9a-f]{4}$/.test(name))).toBe(true);
});
