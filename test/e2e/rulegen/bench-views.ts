/** What a test asks of a bench: its files, and whether Prometheus runs what it should. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { eventually } from '../../eventually.ts';
import type { RulegenBench } from './rulegen-bench.ts';

export const filesOf = ({ rulesDir }: RulegenBench): readonly string[] =>
  readdirSync(rulesDir)
    .filter((name) => !name.startsWith('.'))
    .sort();

export const readRules = ({ rulesDir }: RulegenBench, name: string): string =>
  readFileSync(join(rulesDir, name), 'utf8');

export const ready = async ({ url }: RulegenBench): Promise<boolean> =>
  (await fetch(`${url}/-/ready`)).status === 200;

export const untilReady = (bench: RulegenBench): Promise<true> =>
  eventually('rulegen is ready', async () => (await ready(bench)) && true);

export const untilRuns = (bench: RulegenBench, ...groups: readonly string[]): Promise<true> =>
  eventually(
    `Prometheus runs ${groups.join(', ')}`,
    () => JSON.stringify(bench.prometheus.groups()) === JSON.stringify([...groups].sort()) && true,
  );
