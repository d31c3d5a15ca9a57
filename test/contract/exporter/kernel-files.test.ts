/** What the exporter relies on of kernel files, and the fake's right to stand for them. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createCachedKernelFiles } from '../../../exporter/adapters/cached-kernel-files.ts';
import { isGone } from '../../../exporter/cgroup-files.ts';
import type { KernelText } from '../../../exporter/core/kernel-text.ts';
import type { KernelFiles } from '../../../exporter/ports.ts';
import { createKernelFilesFake } from '../../fakes/kernel-files.ts';

const FILE = 'file';

type Subject = {
  readonly files: KernelFiles;
  readonly folder: string;
  write(content: string): void;
  end(): void;
};

const subjects: Readonly<Record<string, () => Subject>> = {
  'the fake'() {
    const path = `/folder/${FILE}`;
    const files = createKernelFilesFake({ [path]: 'first\n' });
    return { files, folder: '/folder', write: (content) => void files.contents.set(path, content), end() {} };
  },
  'files on disk'() {
    const folder = mkdtempSync(join(tmpdir(), 'kernel-files-'));
    const path = join(folder, FILE);
    writeFileSync(path, 'first\n');
    return {
      files: createCachedKernelFiles(10),
      folder,
      write: (content) => writeFileSync(path, content),
      end: () => rmSync(folder, { recursive: true }),
    };
  },
};

const shown = ({ bytes, length }: KernelText): string => new TextDecoder().decode(bytes.subarray(0, length));
const thrownBy = (act: () => unknown): unknown => {
  try {
    act();
  } catch (error) {
    return error;
  }
  return undefined;
};

describe.each(Object.entries(subjects))('%s', (_, create) => {
  let subject: Subject;
  beforeEach(() => {
    subject = create();
  });
  afterEach(() => subject.end());

  test('says at each read what is in it then', () => {
    const file = subject.files.open(subject.folder, FILE);
    expect(shown(file.read())).toBe('first\n');
    subject.write('2\n');
    expect(shown(file.read())).toBe('2\n');
    file.close();
  });

  test('is counted as open until it is closed, once', () => {
    const file = subject.files.open(subject.folder, FILE);
    expect(shown(subject.files.readNow(join(subject.folder, FILE)))).toBe('first\n');
    expect(subject.files.counts().open).toBe(1);
    file.close();
    file.close();
    expect(subject.files.counts().open).toBe(0);
  });

  test('that is not there is gone', () => {
    expect(isGone(thrownBy(() => subject.files.open(subject.folder, 'none')))).toBe(true);
    expect(isGone(thrownBy(() => subject.files.readNow(join(subject.folder, 'none'))))).toBe(true);
  });
});
