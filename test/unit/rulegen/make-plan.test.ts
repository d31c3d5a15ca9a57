import { describe, expect, test } from '@jest/globals';
import { createCronCalendar } from '../../../rulegen/adapters/cron-calendar.ts';
import {
  createRuleTemplates,
  packageTemplatesFolder,
} from '../../../rulegen/adapters/handlebars-rule-templates.ts';
import type { RenderTemplate } from '../../../rulegen/core/plan-rule-files.ts';
import { EMPTY_POLICY, type Policy } from '../../../rulegen/core/policy.ts';
import type { QueryVerdict } from '../../../rulegen/core/query-text.ts';
import type { ServiceFacts } from '../../../rulegen/core/service-facts.ts';
import { createPlanMaker } from '../../../rulegen/make-plan.ts';
import { aService } from './builders.ts';

const templates = createRuleTemplates(packageTemplatesFolder());

function aMaker(verdict: () => QueryVerdict = () => ({ kind: 'unchecked' })) {
  const rendered: string[] = [];
  const render: RenderTemplate = (family, view) => {
    rendered.push('service' in view ? String(view.service) : family);
    return templates(family, view);
  };
  const make = createPlanMaker({
    render,
    queries: { check: (texts) => Promise.resolve(new Map(texts.map((text) => [text, verdict()]))) },
    calendar: createCronCalendar(),
    scrapeIntervalMs: 2_000,
    version: '1.0.0',
  });
  const plan = async (
    services: readonly ServiceFacts[],
    {
      policy = EMPTY_POLICY,
      nowMs = 0,
      refused = new Map<string, { text: string; message: string }>(),
    }: {
      policy?: Policy;
      nowMs?: number;
      refused?: Map<string, { text: string; message: string }>;
    } = {},
  ) => {
    rendered.splice(0);
    const made = await make({ services, policy, nowMs }, refused);
    return { made, rendered: rendered.filter((name) => name !== 'cluster') };
  };
  return { plan };
}

describe('a plan after another one', () => {
  test('makes anew only what is new, and is the plan that one without a past would make', async () => {
    const { plan } = aMaker();
    const services = ['a', 'b', 'c'].map((name) => aService({ id: name, name }));
    expect((await plan(services)).rendered).toEqual(['a', 'b', 'c']);
    expect((await plan(services)).rendered).toEqual([]);
    const changed = [
      services[0],
      aService({ id: 'b', name: 'b', labels: { 'micado.max': '3' } }),
      services[2],
    ];
    const next = await plan(changed as readonly ServiceFacts[]);
    expect(next.rendered).toEqual(['b']);
    const fresh = await aMaker().plan(changed as readonly ServiceFacts[]);
    expect(next.made.files).toEqual(fresh.made.files);
    expect(next.made.services).toEqual(fresh.made.services);
    expect((await plan(services.slice(1))).made.files.map(({ name }) => name)).toEqual([
      'service-b.yml',
      'service-c.yml',
      'cluster.yml',
    ]);
  });

  test('asks again for everything when the policy is another one', async () => {
    const { plan } = aMaker();
    const services = [aService({ id: 'a', name: 'a' })];
    await plan(services);
    const policy: Policy = { ...EMPTY_POLICY, flags: { scaleup: 55 } };
    const { made, rendered } = await plan(services, { policy });
    expect(rendered).toEqual(['a']);
    expect(made.files[0]?.text).toContain('threshold: "55"');
  });

  test('looks at a schedule each time', async () => {
    const { plan } = aMaker();
    const schedule = '0 12 * * *; 30m; min=3,max=9; Europe/Berlin';
    const services = [aService({ labels: { 'micado.schedule.noon': schedule } })];
    const maxAt = async (time: string): Promise<unknown> =>
      (await plan(services, { nowMs: Date.parse(time) })).made.services[0]?.settings.max.value;
    expect(await maxAt('2026-01-01T10:59:00Z')).toBe(10);
    expect(await maxAt('2026-01-01T11:01:00Z')).toBe(9);
  });

  test('follows what Prometheus says of an expression, and of a file', async () => {
    let verdict: QueryVerdict = { kind: 'unchecked' };
    const { plan } = aMaker(() => verdict);
    const services = [aService({ id: 'a', name: 'a', labels: { 'micado.query': 'sum(up)' } }), aService()];
    expect((await plan(services)).made.services[0]?.verdict.kind).toBe('waiting');
    verdict = { kind: 'accepted', formatted: 'sum(up)' };
    const { made } = await plan(services);
    expect(made.services[0]?.verdict.kind).toBe('scaled');
    const web = made.files.find(({ name }) => name === 'service-web.yml');
    const refused = new Map([['service-web.yml', { text: web?.text ?? '', message: 'no' }]]);
    expect((await plan(services, { refused })).made.services[1]?.verdict.kind).toBe('quarantined');
    expect((await plan(services)).made.services[1]?.verdict.kind).toBe('scaled');
  });
});
