/**
 * The heart of rulegen, as a function: judged services, worker pools, templates and what Prometheus said about users'
 * expressions go in; the files that should be there, and what is wrong, come out. The same input gives the same bytes.
 */
import { CLUSTER_RULE_FILE, serviceRuleFile, workersRuleFile } from '../../internal/contract/alerts.ts';
import type { JudgedService, ScalingPlan } from './judge-service.ts';
import { isRuleFileName } from './plan-rule-changes.ts';
import type { WorkerPool } from './policy.ts';
import type { Problem } from './problem.ts';
import type { QueryVerdict } from './query-text.ts';
import {
  CLUSTER_RULE_FAMILY,
  POOL_RULE_FAMILY,
  type RuleFamily,
  SERVICE_RULE_FAMILY,
} from './rule-families.ts';
import { type ParsedRuleFile, parseRuleFile, type RuleFile, ruleFileHeader } from './rule-file.ts';
import { type Common, clusterView, poolView, serviceView } from './template-views.ts';

export type RenderTemplate = (
  family: RuleFamily,
  view: object,
) => { readonly text: string } | { readonly problem: string };

export type RuleInputs = {
  readonly services: readonly JudgedService[];
  readonly workers: readonly WorkerPool[];
  readonly render: RenderTemplate;
  /** By the text of the query, with the service's name filled in. */
  readonly queries: ReadonlyMap<string, QueryVerdict>;
  /** By file name: a text that Prometheus refused to load, and why. It is not tried again. */
  readonly refused: ReadonlyMap<string, { readonly text: string; readonly message: string }>;
  /** Files of the last plan: a text that is the same need not be parsed again. */
  readonly known: ReadonlyMap<string, RuleFile>;
  readonly scrapeIntervalMs: number;
  readonly version: string;
};

export type RulePlan = {
  readonly files: readonly RuleFile[];
  /** Files that stay as they are, if they are there: the last good ones. */
  readonly held: ReadonlySet<string>;
  readonly services: readonly JudgedService[];
  /** What is wrong with files that belong to no service. */
  readonly problems: readonly Problem[];
};

/** A rate needs two samples; three scrapes still hold two when one fails. */
const SCRAPES_PER_WINDOW = 3;

export function planRuleFiles(inputs: RuleInputs): RulePlan {
  const { version, scrapeIntervalMs } = inputs;
  const common: Common = {
    header: ruleFileHeader(version),
    windowMs: SCRAPES_PER_WINDOW * scrapeIntervalMs,
  };
  const files: RuleFile[] = [];
  const held = new Set<string>();
  const problems: Problem[] = [];

  const make = (name: string, family: RuleFamily, view: object): Problem | undefined => {
    const made = renderFile(name, family, view, inputs);
    if ('file' in made) {
      files.push(made.file);
      return undefined;
    }
    held.add(name);
    return {
      severity: 'error',
      where: name,
      value: '',
      message: made.problem,
      cure: `correct templates/${family}.rules.yml.hbs, or what it is given`,
    };
  };

  const services = inputs.services.map((judged): JudgedService => {
    const { name } = judged.service;
    const checked = withCheckedQuery(judged, inputs.queries);
    const { verdict } = checked;
    if (verdict.kind === 'quarantined' || verdict.kind === 'waiting') held.add(serviceRuleFile(name));
    if (verdict.kind !== 'scaled') return checked;
    const { plan } = verdict;
    const view = serviceView(judged.service, plan, acceptedQuery(plan, inputs.queries), common);
    const problem = make(serviceRuleFile(name), SERVICE_RULE_FAMILY[plan.metric], view);
    return problem === undefined ? checked : quarantine(checked, problem);
  });
  for (const pool of inputs.workers) {
    const problem = make(workersRuleFile(pool.name), POOL_RULE_FAMILY, poolView(pool, common));
    if (problem !== undefined) problems.push(problem);
  }
  const problem = make(CLUSTER_RULE_FILE, CLUSTER_RULE_FAMILY, clusterView(common));
  if (problem !== undefined) problems.push(problem);
  return { files, held, services, problems };
}

/** The queries that Prometheus must judge before the files can be planned. */
export function queriesToCheck(services: readonly JudgedService[]): readonly string[] {
  const texts = services.map(({ verdict }) =>
    verdict.kind === 'scaled' ? verdict.plan.query?.text : undefined,
  );
  return [...new Set(texts.filter((text) => text !== undefined))];
}

function renderFile(
  name: string,
  family: RuleFamily,
  view: object,
  { render, refused, known }: RuleInputs,
): ParsedRuleFile {
  if (!isRuleFileName(name)) return { problem: 'this name cannot be the name of a file' };
  const rendered = render(family, view);
  if ('problem' in rendered) return rendered;
  const before = refused.get(name);
  if (before?.text === rendered.text) return { problem: `Prometheus refuses to load it: ${before.message}` };
  const same = known.get(name);
  return same?.text === rendered.text ? { file: same } : parseRuleFile(name, rendered.text);
}

function withCheckedQuery(judged: JudgedService, queries: RuleInputs['queries']): JudgedService {
  if (judged.verdict.kind !== 'scaled' || judged.verdict.plan.query === undefined) return judged;
  const { text, from } = judged.verdict.plan.query;
  const verdict = queries.get(text) ?? { kind: 'unchecked' };
  switch (verdict.kind) {
    case 'accepted':
      return judged;
    case 'unchecked':
      return {
        ...judged,
        verdict: { kind: 'waiting', detail: `${from} is not checked yet: no Prometheus answers` },
      };
    case 'refused':
      return quarantine(judged, {
        severity: 'error',
        where: from,
        value: text,
        message: verdict.message,
        cure: 'correct the PromQL expression; the expression browser of Prometheus shows what it gives',
      });
  }
}

function acceptedQuery({ query }: ScalingPlan, queries: RuleInputs['queries']): string {
  const verdict = query === undefined ? undefined : queries.get(query.text);
  return verdict?.kind === 'accepted' ? verdict.formatted : '';
}

function quarantine(judged: JudgedService, problem: Problem): JudgedService {
  return { ...judged, verdict: { kind: 'quarantined' }, problems: [...judged.problems, problem] };
}
