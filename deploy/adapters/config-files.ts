/** Writes what the parts read: configurations from the templates, the token, the policy. */
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, mkdir, readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import handlebars from 'handlebars';
import { AppError } from '../../internal/daemon/app-error.ts';
import { writeFileAtomically } from '../../internal/daemon/atomic-file.ts';
import { alertmanagerInputs, prometheusInputs, webConfigText } from '../core/config-inputs.ts';
import type { ConsulAddress } from '../core/consul-address.ts';
import type { StackPorts } from '../core/plan-parts.ts';
import { problemWithContents, type StackLayout } from '../core/stack-layout.ts';
import { readPeopleReceiver } from './people-receiver.ts';

const PRIVATE = 0o600;
const TOKEN_BYTES = 32;

export type ConfigOptions = {
  readonly templatesFolder: string;
  readonly layout: StackLayout;
  readonly ports: StackPorts;
  readonly scrapeIntervalMs: number;
  readonly consul: ConsulAddress | undefined;
};

/** Only this user may look inside. A folder in which something else lives is `AppError` invalid. */
export async function prepareFolders(layout: StackLayout): Promise<void> {
  await mkdir(layout.folder, { recursive: true, mode: 0o700 });
  const problem = problemWithContents(layout, await readdir(layout.folder));
  if (problem !== undefined) throw new AppError('invalid', problem);
  await chmod(layout.folder, 0o700);
  const { rulesFolder, packagesFolder, logsFolder, pidsFolder } = layout;
  const data = [layout.prometheusDataFolder, layout.alertmanagerDataFolder, dirname(layout.journalFile)];
  for (const folder of [rulesFolder, packagesFolder, logsFolder, pidsFolder, ...data])
    await mkdir(folder, { recursive: true, mode: 0o700 });
}

export async function writeConfigs(options: ConfigOptions): Promise<void> {
  const { templatesFolder, layout, ports, scrapeIntervalMs, consul } = options;
  if (!existsSync(layout.tokenFile))
    await writeFileAtomically(layout.tokenFile, randomBytes(TOKEN_BYTES).toString('base64url'), PRIVATE);
  await writeFileAtomically(layout.webConfigFile, webConfigText(layout), PRIVATE);
  const render = async (name: string, target: string, inputs: object): Promise<void> => {
    const template = await readFile(join(templatesFolder, `${name}.hbs`), 'utf8');
    await writeFileAtomically(target, renderTemplate(template, inputs), PRIVATE);
  };
  await render(
    'prometheus.yml',
    layout.prometheusConfigFile,
    prometheusInputs(layout, ports, scrapeIntervalMs, consul),
  );
  const people = await readPeopleReceiver(layout.peopleFile);
  await render('alertmanager.yml', layout.alertmanagerConfigFile, alertmanagerInputs(layout, ports, people));
}

/** A name that the inputs lack is an error. Text goes in as a YAML scalar by `{{quote …}}`: JSON's strings are such. */
export function renderTemplate(template: string, inputs: object): string {
  const engine = handlebars.create();
  engine.registerHelper('quote', (value: unknown) => JSON.stringify(String(value)));
  const render = engine.compile<object>(template, {
    noEscape: true,
    strict: true,
    knownHelpersOnly: true,
    knownHelpers: { quote: true },
  });
  return render(inputs);
}
