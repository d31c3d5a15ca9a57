/** Debian's cloud-init as the judge of what VMs are given, and its Jinja and PyYAML, which Occopus uses as well. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { ROOT } from '../../house/source-files.ts';

const LIBRARIES = join(ROOT, '.test-cache/cloud-init/usr/lib/python3/dist-packages');
/** Debian's own, whichever comes first on the PATH: some of the libraries are compiled for it. */
const PYTHON = '/usr/bin/python3';

export type Verdict = { readonly ok: boolean; readonly words: string };

function python(args: readonly string[]): Promise<Verdict> {
  return new Promise((resolve) => {
    execFile(PYTHON, args, { env: { PYTHONPATH: LIBRARIES } }, (error, stdout, stderr) =>
      resolve({ ok: error === null, words: stdout + stderr }),
    );
  });
}

/** `cloud-init schema`. */
export const judgeCloudConfig = (file: string): Promise<Verdict> =>
  python(['-m', 'cloudinit.cmd.main', 'schema', '--config-file', file]);

/** As Occopus does: reads the definition, and expands its template with the variables of one VM. */
const BOOT = `
import jinja2, json, sys, yaml
definition = yaml.safe_load(open(sys.argv[1]))["node_def:worker"][0]
template = jinja2.Template(definition["contextualisation"]["context_template"], keep_trailing_newline=True)
print(template.render(**json.loads(sys.argv[2])), end="")
`;

export async function bootText(nodeDefinitionFile: string, variables: object): Promise<string> {
  const { ok, words } = await python(['-c', BOOT, nodeDefinitionFile, JSON.stringify(variables)]);
  if (!ok) throw new Error(`Jinja refused ${nodeDefinitionFile}: ${words}`);
  return words;
}

/** What a program that reads YAML 1.1 makes of a file. */
export async function readAsYaml11(file: string): Promise<unknown> {
  const { ok, words } = await python([
    '-c',
    'import json,sys,yaml; print(json.dumps(yaml.safe_load(open(sys.argv[1]))))',
    file,
  ]);
  if (!ok) throw new Error(`PyYAML refused ${file}: ${words}`);
  return JSON.parse(words);
}
