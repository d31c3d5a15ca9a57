/** The templates folder: `<family>.rules.yml.hbs` for each family, and the parts that they share in `partials/`. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Handlebars from 'handlebars';
import { formatDuration } from '../../internal/contract/duration.ts';
import { AppError, describeError } from '../../internal/daemon/app-error.ts';
import type { RenderTemplate } from '../core/plan-rule-files.ts';
import { RULE_FAMILIES, type RuleFamily } from '../core/rule-families.ts';
import { promqlString } from '../core/template-views.ts';

const HELPERS = {
  /** A YAML scalar that is text, whatever it holds. */
  yaml: (value: unknown) => JSON.stringify(String(value)),
  duration: (ms: unknown) => formatDuration(finite(ms)),
  number: (value: unknown) => String(finite(value)),
  /** A PromQL string, quotes included: the value of a label in a selector. */
  promql: (value: unknown) => promqlString(String(value)),
};

const OPTIONS = {
  noEscape: true,
  strict: true,
  knownHelpersOnly: true,
  knownHelpers: { yaml: true, duration: true, number: true, promql: true },
} as const;

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

/** Reads all templates at once, and throws `AppError` invalid when one is missing or is no template. */
export function createRuleTemplates(folder: string): RenderTemplate {
  const handlebars = Handlebars.create();
  handlebars.registerHelper(HELPERS);
  const partials = join(folder, 'partials');
  for (const file of listPartials(partials))
    handlebars.registerPartial(file.replace(/\.hbs$/, ''), readTemplate(join(partials, file)));
  const templates = new Map(
    RULE_FAMILIES.map((family) => {
      const path = join(folder, templateFile(family));
      return [family, compile(handlebars, path, readTemplate(path))] as const;
    }),
  );
  return (family, view) => {
    try {
      return { text: templates.get(family)?.(view) ?? '' };
    } catch (error) {
      return { problem: `${templateFile(family)}: ${describeError(error)}` };
    }
  };
}

const templateFile = (family: RuleFamily): string => `${family}.rules.yml.hbs`;

const listPartials = (folder: string): readonly string[] =>
  existsSync(folder) ? readdirSync(folder).filter((file) => file.endsWith('.hbs')) : [];

function readTemplate(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new AppError('invalid', `template cannot be read: ${describeError(error)}`);
  }
}

function compile(
  handlebars: typeof Handlebars,
  path: string,
  source: string,
): Handlebars.TemplateDelegate<object> {
  try {
    // Handlebars compiles at the first use: parsing here makes a broken template known at the start.
    handlebars.parse(source);
    return handlebars.compile(source, OPTIONS);
  } catch (error) {
    throw new AppError('invalid', `template ${path}: ${describeError(error)}`);
  }
}

function finite(value: unknown): number {
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  throw new Error(`"${String(value)}" is not a number`);
}
