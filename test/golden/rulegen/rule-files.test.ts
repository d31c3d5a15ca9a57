/** The bytes of rule files: `npm run golden:update` rewrites them, and the difference is reviewed. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { CLUSTER_RULE_FILE } from '../../../internal/contract/alerts.ts';
import { isError } from '../../../rulegen/core/problem.ts';
import { checkRuleFiles, promtoolPath } from '../../real/support/promtool.ts';
import { goldenFamilies, planCase } from './plan-case.ts';

const FOLDER = fileURLToPath(new URL('.', import.meta.url));
const UPDATE = process.env['GOLDEN_UPDATE'] === '1';

describe.each(goldenFamilies(FOLDER))('rule files of the family %s', (family) => {
  const folder = join(FOLDER, family);
  const out = join(folder, 'out');
  const planned = planCase(folder);
  const files = planned.files.filter(({ name }) => (name === CLUSTER_RULE_FILE) === (family === 'cluster'));

  if (UPDATE) {
    rmSync(out, { recursive: true, force: true });
    mkdirSync(out, { recursive: true });
    for (const { name, text } of files) writeFileSync(join(out, name), text);
  }

  test('are these, byte for byte', () => {
    expect(readdirSync(out).sort()).toEqual(files.map(({ name }) => name).sort());
    for (const { name, text } of files) expect(text).toBe(readFileSync(join(out, name), 'utf8'));
  });

  test('come of services without an error', () => {
    expect(planned.problems).toEqual([]);
    expect(planned.services.flatMap(({ problems }) => problems.filter(isError))).toEqual([]);
    expect([...planned.held]).toEqual([]);
  });

  test('pass promtool check rules', () => {
    const printed = checkRuleFiles(files.map(({ name }) => join(out, name)));
    expect(printed.match(/SUCCESS/g)).toHaveLength(files.length);
  });

  test('fire when they should and stay silent when they should, by promtool test rules', () => {
    const printed = execFileSync(promtoolPath(), ['test', 'rules', join(folder, 'series.yaml')], {
      encoding: 'utf8',
      stdio: 'pipe',
    });
    expect(printed).toContain('SUCCESS');
  });
});
