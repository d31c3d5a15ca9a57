/**
 * The heart of rulegen, as a function: judged services, worker pools, templates and what Prometheus said about users'
 * expressions go in; the files that should be there, and what is wrong, come out. The same input gives the same bytes.
 */
import {
  alertsRuleFile,
  CLUSTER_RULE_FILE,
  serviceRuleFile,
  workersRuleFile,
} from '../../internal/contract/alerts.ts';
import { printedQuery, type QueryVerdicts, queriesToCheck, withCheckedQueries } from './check-queries.ts';
import type { JudgedService } from './judge-service.ts';
import { isRuleFileName } from './plan-rule-changes.ts';
import type { WorkerPool } from './policy.ts';
import type { Problem } from './problem.ts';
import {
  CLUSTER_RULE_FAMILY,
  OWN_ALERTS_FAMILY,
  POOL_RULE_FAMILY,
  type RuleFamily,
  SERVICE_RULE_FAMILY,
} from './rule-families.ts';
import { type ParsedRuleFile, parseRuleFile, type RuleFile, ruleFileHeader } from './rule-file.ts';
import { type Common, clusterView, ownAlertsView, poolView, serviceView } from './template-views.ts';

export type RenderTemplate = (
  family: RuleFamily,
  view: object,
) => { readonly text: string } | { readonly problem: string };

export type RuleInputs = {
  readonly services: readonly JudgedService[];
  readonly workers: readonly WorkerPool[];
  readonly render: RenderTemplate;
  readonly queries: QueryVerdicts;
  /** By file name: a text that Prometheus refused to load, and why. It is not tried again. */
  readonly refused: ReadonlyMap<string, { readonly text: string; readonly message: string }>;
  /** Files of the last plan: a text that is the same need not be parsed again. */
  readonly known: ReadonlyMap<string, RuleFile>;
  /** What the last plan made. */
  readonly made?: RulePlan['made'];
  readonly scrapeIntervalMs: number;
  readonly version: string;
};

export type RulePlan = {
  readonly files: readonly RuleFile[];
  /** Files that stay as they are, if they are there: the last good ones. */
  readonly held: ReadonlySet<string>;
  /** Those of them that stay because something is wrong. */
  readonly quarantined: ReadonlySet<string>;
  readonly services: readonly JudgedService[];
  /** What is wrong with files that belong to no service. */
  readonly problems: readonly Problem[];
  /** For the next plan: what need not be made again. */
  readonly made: ReadonlyMap<JudgedService, ServiceFiles>;
};

/** A rate needs two samples; three scrapes still hold two when one fails. */
const SCRAPES_PER_WINDOW = 3;

export function planRuleFiles(inputs: RuleInputs): RulePlan {
  const { version, scrapeIntervalMs } = inputs;
  const common: Common = {
    header: ruleFileHeader(version),
    windowMs: SCRAPES_PER_WINDOW * scrapeIntervalMs,
  };
  const draft: Draft = newDraft();
  const services = inputs.services.map((judged) => {
    const made = reusable(judged, inputs) ?? planService(judged, common, inputs);
    addTo(draft, made);
    return made;
  });
  const problems = [
    ...inputs.workers.map((pool) =>
      makeFile(workersRuleFile(pool.name), POOL_RULE_FAMILY, poolView(pool, common), draft, inputs),
    ),
    makeFile(CLUSTER_RULE_FILE, CLUSTER_RULE_FAMILY, clusterView(common), draft, inputs),
  ].filter((problem) => problem !== undefined);
  return {
    ...draft,
    services: services.map(({ outcome }) => outcome),
    made: new Map(services.map((one) => [one.judged, one])),
    problems,
  };
}

/** What was made of one service. */
export type ServiceFiles = Draft & {
  /** As it came in. */
  readonly judged: JudgedService;
  /** As it goes out: an expression or a file of it may have been refused. */
  readonly outcome: JudgedService;
};

/** The same judgement gives the same files, unless Prometheus has a say in them. */
function reusable(judged: JudgedService, { made, refused }: RuleInputs): ServiceFiles | undefined {
  const before = made?.get(judged);
  if (before === undefined || queriesToCheck([judged]).length > 0) return undefined;
  return before.files.some(({ name }) => refused.has(name)) || before.held.size > 0 ? undefined : before;
}

function planService(judged: JudgedService, common: Common, inputs: RuleInputs): ServiceFiles {
  const draft = newDraft();
  const checked = withCheckedQueries(judged, inputs.queries, inputs.scrapeIntervalMs);
  const outcome = planOwnAlerts(planDecidingAlerts(checked, draft, common, inputs), draft, common, inputs);
  return { ...draft, judged, outcome };
}

const newDraft = (): Draft => ({ files: [], held: new Set(), quarantined: new Set() });

function addTo(all: Draft, { files, held, quarantined }: Draft): void {
  all.files.push(...files);
  for (const name of held) all.held.add(name);
  for (const name of quarantined) all.quarantined.add(name);
}

type Draft = { readonly files: RuleFile[]; readonly held: Set<string>; readonly quarantined: Set<string> };

function planDecidingAlerts(
  judged: JudgedService,
  draft: Draft,
  common: Common,
  inputs: RuleInputs,
): JudgedService {
  const { service, verdict } = judged;
  const name = serviceRuleFile(service.name);
  if (verdict.kind !== 'scaled') {
    hold(name, verdict.kind, draft);
    return judged;
  }
  const { plan } = verdict;
  const view = serviceView(service, plan, printedQuery(plan.query?.text, inputs.queries), common);
  const problem = makeFile(name, SERVICE_RULE_FAMILY[plan.metric], view, draft, inputs);
  return problem === undefined
    ? judged
    : { ...judged, verdict: { kind: 'quarantined' }, problems: [...judged.problems, problem] };
}

function planOwnAlerts(
  judged: JudgedService,
  draft: Draft,
  common: Common,
  inputs: RuleInputs,
): JudgedService {
  const { service, alerts } = judged;
  const name = alertsRuleFile(service.name);
  if (alerts.kind !== 'wanted') {
    hold(name, alerts.kind, draft);
    return judged;
  }
  const print = (expr: string): string => printedQuery(expr, inputs.queries);
  const view = ownAlertsView(service.name, alerts.alerts, print, common);
  const problem = makeFile(name, OWN_ALERTS_FAMILY, view, draft, inputs);
  return problem === undefined
    ? judged
    : { ...judged, alerts: { kind: 'quarantined' }, problems: [...judged.problems, problem] };
}

function hold(name: string, kind: string, { held, quarantined }: Draft): void {
  if (kind === 'quarantined' || kind === 'waiting') held.add(name);
  if (kind === 'quarantined') quarantined.add(name);
}

/** Takes the file into the plan, or holds the one that there is and says why. */
function makeFile(
  name: string,
  family: RuleFamily,
  view: object,
  draft: Draft,
  inputs: RuleInputs,
): Problem | undefined {
  const made = renderFile(name, family, view, inputs);
  if ('file' in made) {
    draft.files.push(made.file);
    return undefined;
  }
  hold(name, 'quarantined', draft);
  return {
    severity: 'error',
    where: name,
    value: '',
    message: made.problem,
    cure: `correct the template ${family}.rules.yml.hbs, or what it is given`,
  };
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
