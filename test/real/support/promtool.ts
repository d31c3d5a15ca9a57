import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** promtool from the folder that `npm test` filled, or from the path. Its absence is a failure, never a skip. */
export function promtoolPath(): string {
  const folders = [process.env['MICADO_TEST_BIN'] ?? '', ...(process.env['PATH'] ?? '').split(delimiter)];
  const found = folders.map((folder) => join(folder, 'promtool')).find((path) => existsSync(path));
  if (found === undefined)
    throw new Error('promtool is neither in MICADO_TEST_BIN nor on the path: run npm test');
  return found;
}

/** What `promtool check rules` prints; throws with its output where a file is refused. */
export function checkRuleFiles(files: readonly string[]): string {
  return execFileSync(promtoolPath(), ['check', 'rules', ...files], { encoding: 'utf8', stdio: 'pipe' });
}

/** The complaints of `promtool check metrics` about an exposition, one a line. */
export function metricComplaints(exposition: string): readonly string[] {
  const promtool = promtoolPath();
  try {
    execFileSync(promtool, ['check', 'metrics'], { input: exposition, stdio: 'pipe' });
    return [];
  } catch (error) {
    const { stderr } = error as { stderr: Buffer };
    return stderr.toString('utf8').trim().split('\n');
  }
}
