/** A golden case: `in.yaml` says which services and which policy there are, `out/` which files come of it. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { load } from 'js-yaml';
import {
  createRuleTemplates,
  packageTemplatesFolder,
} from '../../../rulegen/adapters/handlebars-rule-templates.ts';
import { queriesToCheck } from '../../../rulegen/core/check-queries.ts';
import { judgeService } from '../../../rulegen/core/judge-service.ts';
import { parsePolicy } from '../../../rulegen/core/parse-policy.ts';
import { planRuleFiles, type RenderTemplate, type RulePlan } from '../../../rulegen/core/plan-rule-files.ts';
import type { ServiceFacts } from '../../../rulegen/core/service-facts.ts';
import { aService, noWindow } from '../../unit/rulegen/builders.ts';

type Case = { readonly policy?: unknown; readonly services?: readonly Partial<ServiceFacts>[] };

/** Queries of a case are written as Prometheus prints them: they are taken as accepted. */
export function planCase(
  folder: string,
  render: RenderTemplate = createRuleTemplates(packageTemplatesFolder()),
): RulePlan {
  const { policy, services = [] } = load(readFileSync(join(folder, 'in.yaml'), 'utf8')) as Case;
  const parsed = parsePolicy(policy);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  const judged = services.map((service) => judgeService(aService(service), parsed.policy, noWindow));
  return planRuleFiles({
    services: judged,
    workers: parsed.policy.workers,
    render,
    queries: new Map(
      queriesToCheck(judged).map((text) => [text, { kind: 'accepted', formatted: text } as const]),
    ),
    refused: new Map(),
    known: new Map(),
    scrapeIntervalMs: 2_000,
    version: '1.0.0',
  });
}

export const goldenFamilies = (folder: string): readonly string[] =>
  readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort();
