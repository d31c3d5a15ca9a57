/** `micado-rulegen render`: the rule files of a stack file or a Swarm, on stdout or in a folder. Nothing of a faulty set. */
import type { FlagValues } from '../../internal/daemon/flags.ts';
import type { Surroundings } from '../../internal/daemon/program.ts';
import { createFsRuleStore } from '../adapters/fs-rule-store.ts';
import { planRuleChanges } from '../core/plan-rule-changes.ts';
import type { RuleFile } from '../core/rule-file.ts';
import type { renderFlags } from './config.ts';
import { planOnce } from './plan-once.ts';
import { exitCodeOf, type Finding, listFindings, showFinding } from './report-findings.ts';

export async function runRender(
  config: FlagValues<typeof renderFlags>,
  around: Surroundings,
  dockerCertFolder: string | undefined,
): Promise<number> {
  const planned = await planOnce(config, { env: around.env, dockerCertFolder });
  const files = planned.plan?.files ?? [];
  const complaint = await planned.promtool?.checkFiles(files);
  const findings: readonly Finding[] = [
    ...listFindings(planned, config),
    ...(complaint === undefined ? [] : [{ place: 'promtool', severity: 'error' as const, text: complaint }]),
  ];
  for (const finding of findings) around.stderr(showFinding(finding));
  const exitCode = exitCodeOf(findings, config.strict);
  if (exitCode !== 0) return exitCode;
  if (config['output.dir'] === '') around.stdout(asDocuments(files));
  else await writeFolder(config['output.dir'], files, around);
  return 0;
}

/** One YAML document for each file, under its name. */
const asDocuments = (files: readonly RuleFile[]): string =>
  files.map(({ name, text }) => `--- # ${name}\n${text}`).join('');

async function writeFolder(
  folder: string,
  files: readonly RuleFile[],
  { stderr }: Surroundings,
): Promise<void> {
  const store = createFsRuleStore(folder);
  await store.prepare();
  for (const change of planRuleChanges(await store.list(), files, new Set())) {
    if (change.kind === 'write') await store.write(change.file, change.text);
    if (change.kind === 'delete') await store.remove(change.file);
    if (change.kind !== 'keep') stderr(`${change.kind} ${folder}/${change.file}\n`);
    if (change.kind === 'keep' && change.reason === 'foreign')
      stderr(`keep ${folder}/${change.file}: it was not written by rulegen\n`);
  }
}
