/** The import directions: who may know whom. */
import { describe, expect, test } from '@jest/globals';
import { readSourceFiles, type SourceFile } from './source-files.ts';

const files = readSourceFiles();
const BINARIES = ['deploy', 'executor', 'exporter', 'rulegen'];
const topOf = (path: string): string => path.split('/')[0] ?? '';
const isCore = (path: string): boolean => /^[a-z]+\/(.+\/)?core\//.test(path);
const isOurs = (specifier: string): boolean => specifier.endsWith('.ts');

/** Every import that breaks a rule, as `file imports what`. */
function breaches(
  of: (file: SourceFile) => boolean,
  forbidden: (specifier: string, file: SourceFile) => boolean,
): string[] {
  return files
    .filter(of)
    .flatMap((file) =>
      file.imports
        .filter((specifier) => forbidden(specifier, file))
        .map((specifier) => `${file.path} imports ${specifier}`),
    );
}

describe('import directions', () => {
  test('are read from many files, so that the rules below mean something', () => {
    expect(files.length).toBeGreaterThan(60);
    expect(files.flatMap((file) => file.imports).length).toBeGreaterThan(200);
  });

  test('a binary imports no other binary; only deploy starts them, and as processes', () => {
    const crossing = breaches(
      (file) => BINARIES.includes(topOf(file.path)),
      (specifier, file) =>
        BINARIES.includes(topOf(specifier)) && isOurs(specifier) && topOf(specifier) !== topOf(file.path),
    );
    expect(crossing).toEqual([]);
  });

  test('internal imports no binary', () => {
    expect(
      breaches(
        (file) => topOf(file.path) === 'internal',
        (specifier) => isOurs(specifier) && topOf(specifier) !== 'internal',
      ),
    ).toEqual([]);
  });

  test('internal/contract imports nothing of ours but itself', () => {
    expect(
      breaches(
        (file) => file.path.startsWith('internal/contract/'),
        (specifier) =>
          specifier.startsWith('node:') || (isOurs(specifier) && !specifier.startsWith('internal/contract/')),
      ),
    ).toEqual([]);
  });

  test('core imports only core and the contract, and no library that does I/O', () => {
    const IO = ['dockerode', 'express', 'prom-client', 'node-cron', 'pino'];
    expect(
      breaches(
        (file) => isCore(file.path),
        (specifier, file) =>
          specifier.startsWith('node:') ||
          IO.includes(specifier) ||
          (isOurs(specifier) &&
            !specifier.startsWith('internal/contract/') &&
            !(topOf(specifier) === topOf(file.path) && isCore(specifier))),
      ),
    ).toEqual([]);
  });

  test('nothing imports a main.ts or a test', () => {
    expect(
      breaches(
        () => true,
        (specifier) => /(^|\/)main\.ts$/.test(specifier) || specifier.startsWith('test/'),
      ),
    ).toEqual([]);
  });
});

describe('purity', () => {
  const offenders = (of: (file: SourceFile) => boolean, pattern: RegExp): string[] =>
    files.filter((file) => of(file) && pattern.test(file.text)).map((file) => file.path);

  test('core reads no clock and no chance', () => {
    expect(
      offenders(
        (file) => isCore(file.path),
        /\bDate\.now\(|\bnew Date\(\)|\bMath\.random\b|\bperformance\.now\b/,
      ),
    ).toEqual([]);
  });

  test('only main.ts reads the environment and the arguments', () => {
    expect(offenders((file) => !file.path.endsWith('/main.ts'), /\bprocess\.(env|argv)\b/)).toEqual([]);
  });
});

describe('size', () => {
  const linesOf = (file: SourceFile): number => file.text.split('\n').length;

  test('no main.ts is longer than 60 lines and no reconcile.ts than 120', () => {
    const tooLong = files.filter(
      (file) =>
        (file.path.endsWith('/main.ts') && linesOf(file) > 60) ||
        (file.path.endsWith('/reconcile.ts') && linesOf(file) > 120),
    );
    expect(tooLong.map((file) => `${file.path}: ${linesOf(file)}`)).toEqual([]);
  });
});
