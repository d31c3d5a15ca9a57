import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { prepareFolder, writeFileAtomically } from '../../../internal/daemon/atomic-file.ts';
import { aTempFolder } from '../../temp-folder.ts';

describe('an atomic write', () => {
  test('replaces the file, with the mode that was asked for, and leaves nothing beside it', async () => {
    const folder = aTempFolder();
    const path = join(folder, 'token');
    writeFileSync(path, 'old');
    await writeFileAtomically(path, 'new', 0o600);
    expect(readFileSync(path, 'utf8')).toBe('new');
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder)).toEqual(['token']);
  });

  test('that fails leaves the old file whole and nothing beside it', async () => {
    const folder = aTempFolder();
    mkdirSync(join(folder, 'rules.yml'));
    await expect(writeFileAtomically(join(folder, 'rules.yml'), 'new')).rejects.toThrow('EISDIR');
    expect(readdirSync(folder)).toEqual(['rules.yml']);
  });

  test('that was killed is swept up at the next start, and foreign files stay', async () => {
    const folder = aTempFolder();
    writeFileSync(join(folder, '.web.yml.0badcafe.micado-tmp'), 'half');
    writeFileSync(join(folder, '.hidden'), 'mine');
    await prepareFolder(folder);
    expect(readdirSync(folder)).toEqual(['.hidden']);
  });
});
