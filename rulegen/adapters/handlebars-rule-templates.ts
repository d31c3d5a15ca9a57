/**
 * The templates: `<family>.rules.yml.hbs` for each family, and the parts that they share in `partials/`. A folder of the
 * operator's may stand in front of the package's, file by file. What is wrong with a file is told of every family that uses
 * it, and of no other.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Handlebars from 'handlebars';
import { didYouMean } from '../../internal/contract/nearest-name.ts';
import { AppError, describeError, isAppError } from '../../internal/daemon/app-error.ts';
import type { RenderTemplate } from '../core/plan-rule-files.ts';
import type { Problem } from '../core/problem.ts';
import { RULE_FAMILIES, type RuleFamily } from '../core/rule-families.ts';
import { KNOWN_HELPERS, TEMPLATE_HELPERS } from './template-helpers.ts';

const OPTIONS = {
  noEscape: true,
  strict: true,
  knownHelpersOnly: true,
  knownHelpers: KNOWN_HELPERS,
} as const;

const PARTIALS = 'partials';

/** The package's own templates, whether run from the sources' place or from `dist`. */
export function packageTemplatesFolder(): string {
  const found = ['../../templates', '../../../templates']
    .map((path) => fileURLToPath(new URL(path, import.meta.url)))
    .find((folder) => existsSync(join(folder, templateFile('cluster'))));
  if (found === undefined)
    throw new AppError(
      'invalid',
      'the templates of the package are missing; name a folder with --templates.dir',
    );
  return found;
}

/** @param ownFolder the operator's; empty: there is none. Throws `AppError` invalid where it cannot be read. */
export function createRuleTemplates(folder: string, ownFolder = ''): RenderTemplate {
  const sources = readSources(folder, ownFolder);
  const handlebars = Handlebars.create();
  handlebars.registerHelper(TEMPLATE_HELPERS);
  for (const [file, source] of sources)
    if (file.startsWith(`${PARTIALS}/`))
      handlebars.registerPartial(
        file.slice(PARTIALS.length + 1).replace(/\.hbs$/, ''),
        compile(handlebars, file, source),
      );
  const templates = new Map(
    RULE_FAMILIES.map((family) => {
      const file = templateFile(family);
      return [family, compile(handlebars, file, sources.get(file) ?? missing(file))] as const;
    }),
  );
  return (family, view) => {
    try {
      return { text: templates.get(family)?.(view) ?? '' };
    } catch (error) {
      return { problem: describeError(error) };
    }
  };
}

/** What is wrong with the operator's files, whether a service uses them or not. */
export function findTemplateProblems(ownFolder: string): readonly Problem[] {
  return listTemplates(ownFolder).flatMap((file): readonly Problem[] => {
    const known = RULE_FAMILIES.map(templateFile);
    const where = join(ownFolder, file);
    if (!file.startsWith(`${PARTIALS}/`) && !known.includes(file))
      return [
        {
          severity: 'warning',
          where,
          value: '',
          message: `is no template of rules${didYouMean(file, known)}`,
          cure: 'rename or remove it',
        },
      ];
    try {
      Handlebars.precompile(readFileSync(where, 'utf8'), OPTIONS);
      return [];
    } catch (error) {
      const { message } = located(file, error);
      return [{ severity: 'error', where, value: '', message, cure: 'correct the template' }];
    }
  });
}

const templateFile = (family: RuleFamily): string => `${family}.rules.yml.hbs`;

/** By name, relative to the folder: `partials/bounds.hbs`. */
function readSources(folder: string, ownFolder: string): ReadonlyMap<string, string> {
  const sources = new Map<string, string>();
  for (const from of [folder, ownFolder])
    for (const file of listTemplates(from)) sources.set(file, readFileSync(join(from, file), 'utf8'));
  return sources;
}

function listTemplates(folder: string): readonly string[] {
  if (folder === '') return [];
  const partials = join(folder, PARTIALS);
  try {
    return [
      ...readdirSync(folder).filter((file) => file.endsWith('.rules.yml.hbs')),
      ...(existsSync(partials) ? readdirSync(partials) : [])
        .filter((file) => file.endsWith('.hbs'))
        .map((file) => `${PARTIALS}/${file}`),
    ];
  } catch (error) {
    throw new AppError('invalid', `templates cannot be read: ${describeError(error)}`);
  }
}

function missing(file: string): never {
  throw new AppError('invalid', `the template ${file} is missing`);
}

/** A template whose failures name its file; Handlebars itself says only the line. */
function compile(
  handlebars: typeof Handlebars,
  file: string,
  source: string,
): Handlebars.TemplateDelegate<object> {
  const template = handlebars.compile<object>(source, OPTIONS);
  return (context, options) => {
    try {
      return template(context, options);
    } catch (error) {
      throw located(file, error);
    }
  };
}

/** Handlebars says `on line 3` of what it cannot read, and ` - 3:14` of what it cannot find. */
function located(file: string, error: unknown): AppError {
  if (isAppError(error)) return error;
  const [, line] = /on line (\d+)| - (\d+):\d+$/.exec(describeError(error))?.filter(Boolean) ?? [];
  const message = describeError(error)
    .replace(/^Error: | in \[object Object\]| - \d+:\d+$/g, '')
    .replace(/\s*\n\s*/g, ' ');
  return new AppError('invalid', `${file}${line === undefined ? '' : `:${line}`}: ${message}`);
}
