import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createFsPolicySource } from '../../../rulegen/adapters/fs-policy-source.ts';
import { EMPTY_POLICY } from '../../../rulegen/core/policy.ts';

describe('the policy file', () => {
  let folder: string;
  let path: string;
  const write = (text: string): void => writeFileSync(path, text);
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'micado-policy-'));
    path = join(folder, 'policy.yml');
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  test('that nobody named is an empty policy', async () => {
    expect(await createFsPolicySource('').read()).toEqual({
      policy: { ...EMPTY_POLICY, flags: {} },
      problems: [],
    });
  });

  test.each(['', '\n', '# nothing yet\n', '---\n# nothing\n', '---\n', 'services:\n'])(
    'that says nothing (%j) is an empty policy',
    async (text) => {
      write(text);
      expect(await createFsPolicySource(path).read()).toEqual({
        policy: { ...EMPTY_POLICY, flags: {} },
        problems: [],
      });
    },
  );

  test('that is missing is a problem, and no policy', async () => {
    expect(await createFsPolicySource(path).read()).toEqual({
      policy: undefined,
      problems: [
        expect.objectContaining({ where: path, message: expect.stringContaining('cannot be read') }),
      ],
    });
  });

  test('is read again, and the last good one holds while it is wrong or gone', async () => {
    const source = createFsPolicySource(path);
    write('defaults: { max: 3 }\n');
    const good = await source.read();
    expect(good).toMatchObject({ policy: { defaults: { settings: { max: 3 } } }, problems: [] });
    for (const [text, message] of [
      ['defaults: { max: 3\n', 'is not YAML'],
      ['defaults: { max: 3 }\ndefaults: {}\n', 'is not YAML'],
      ['defaults: { max: x }\n', 'whole number'],
    ] as const) {
      write(text);
      expect(await source.read()).toEqual({
        policy: good.policy,
        problems: [expect.objectContaining({ message: expect.stringContaining(message) })],
      });
    }
    rmSync(path);
    expect((await source.read()).policy).toBe(good.policy);
    write('defaults: { max: 4 }\n');
    expect(await source.read()).toMatchObject({
      policy: { defaults: { settings: { max: 4 } } },
      problems: [],
    });
  });
});
