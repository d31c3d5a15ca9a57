/** What templates/README.md says that templates get is what they get. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { packageTemplatesFolder } from '../../../rulegen/adapters/handlebars-rule-templates.ts';
import { TEMPLATE_HELPERS } from '../../../rulegen/adapters/template-helpers.ts';
import { planCase } from '../../golden/rulegen/plan-case.ts';

const readme = readFileSync(join(packageTemplatesFolder(), 'README.md'), 'utf8');
/** The names in back quotes at the head of each row of the tables below a heading. */
function namesBelow(heading: RegExp): readonly string[] {
  const section = readme.split(/^#{2,3} /m).find((part) => heading.test(part)) ?? '';
  return [...section.matchAll(/^\| (`.+?`) +\|/gm)].flatMap(([, names = '']) =>
    [...names.matchAll(/`(?:\{\{)?(\w+)/g)].map(([, name = '']) => name),
  );
}
const ALWAYS = ['header', 'group'];

describe('the README of the templates', () => {
  test('names every helper', () => {
    expect([...namesBelow(/^Helpers/)].sort()).toEqual(Object.keys(TEMPLATE_HELPERS).sort());
  });

  test.each([
    ['service-cpu', /^Of a service:/],
    ['service-alerts', /^Of a service's own alerts/],
    ['workers', /^Of a pool/],
    ['cluster', /^Of all/],
  ])('names every variable of %s', (family, heading) => {
    const views = viewsOf(family);
    expect(views.length).toBeGreaterThan(0);
    for (const view of views)
      expect(Object.keys(view).sort()).toEqual([...ALWAYS, ...namesBelow(heading)].sort());
  });
});

/** What the templates of a family are given for the services and pools of its golden case. */
function viewsOf(family: string): readonly object[] {
  const views: object[] = [];
  planCase(join(import.meta.dirname, '../../golden/rulegen', family), (asked, view) => {
    if (asked === family) views.push(view);
    return { text: '' };
  });
  return views;
}
