/** What rulegen needs from outside. Every method throws `AppError` unavailable when the other side does not answer. */
import type { LoadedGroup } from './core/compare-rules.ts';
import type { RuleEvaluation } from './core/judge-evaluations.ts';
import type { StoredFile } from './core/plan-rule-changes.ts';
import type { ScrapeNode, ScrapeTask } from './core/plan-scrape-targets.ts';
import type { Policy } from './core/policy.ts';
import type { Problem } from './core/problem.ts';
import type { WindowState, WindowTiming } from './core/schedule.ts';
import type { ServiceFacts } from './core/service-facts.ts';

export type SwarmLister = {
  listServices(): Promise<readonly ServiceFacts[]>;
  listNodes(): Promise<readonly ScrapeNode[]>;
  /** Running tasks of these services (by id). */
  listTasks(serviceIds: readonly string[]): Promise<readonly ScrapeTask[]>;
};

export type PolicyReading = {
  /** The policy that holds: while the file is wrong, the last good one; undefined where there never was one. */
  readonly policy: Policy | undefined;
  /** What is wrong with the file now; empty when it is right. */
  readonly problems: readonly Problem[];
};

export type PolicySource = {
  read(): Promise<PolicyReading>;
};

export type ScheduleCalendar = {
  windowAt(timing: WindowTiming, nowMs: number): WindowState;
};

export type RuleStore = {
  /** Makes the folder where it is missing, and removes what a killed writer left. */
  prepare(): Promise<void>;
  /** All files of the folder that end in `.yml`, sorted by name. */
  list(): Promise<readonly StoredFile[]>;
  /** The file is there whole or not at all. Overwrites. */
  write(name: string, text: string): Promise<void>;
  /** No error when it is gone already. */
  remove(name: string): Promise<void>;
  /** Names of files of which it is not known yet whether they load. They outlive this process. */
  readProbation(): Promise<readonly string[]>;
  writeProbation(names: readonly string[]): Promise<void>;
};

/** The right to write a rules folder: of all who ask, one has it. */
export type FolderLead = {
  /** Takes the lead where nobody has it, and renews it. */
  hold(): Promise<{ readonly kind: 'leading' } | { readonly kind: 'led_by'; readonly who: string }>;
  /** No error when somebody else leads. */
  release(): Promise<void>;
};

/** Prometheus' parser on one expression: nothing is executed. */
export type FormatAnswer =
  | { readonly kind: 'accepted'; readonly formatted: string }
  | { readonly kind: 'refused'; readonly message: string };

export type ReloadAnswer =
  | { readonly kind: 'reloaded' }
  /** Something in its configuration or in some rule file is wrong; the rules that ran before run on. */
  | { readonly kind: 'refused'; readonly message: string };

export type ConfigState = {
  /** Whether the last reload, whoever asked for it, succeeded. */
  readonly reloadSucceeded: boolean;
  /** When the configuration that holds was loaded. */
  readonly lastConfigMs: number;
  readonly startedMs: number;
};

export type ExpressionParser = {
  formatQuery(query: string): Promise<FormatAnswer>;
};

export type RulePrometheus = ExpressionParser & {
  readonly url: string;
  /** Answers when the new rules run. */
  reload(): Promise<ReloadAnswer>;
  readConfigState(): Promise<ConfigState>;
  /**
   * The groups of alerting rules, of whatever file.
   * @param known file names whose groups come without their rules: that they are there is all that is asked
   */
  listGroups(known?: ReadonlySet<string>): Promise<readonly LoadedGroup[]>;
  /** Alerting rules that were not evaluated yet, or failed when they last were. */
  listTroubles(): Promise<readonly RuleEvaluation[]>;
  readFlags(): Promise<ReadonlyMap<string, string>>;
};
