/** What the status page shows, as one answer of the API: made by the executor, drawn by the page, so typed once for both. */

/** `late`: it answers, and something about it needs a person. `off`: there is none in this installation. */
export type PartColour = 'well' | 'late' | 'away' | 'unknown' | 'off';

export type OverviewPart = {
  readonly name: string;
  readonly state: PartColour;
  /** A sentence for people; empty where the state says it all. */
  readonly reason: string;
  /** Null where nobody knows. */
  readonly since: string | null;
  /** Those of its instances that do not answer. */
  readonly missing: readonly MissingInstance[];
};

export type MissingInstance = { readonly name: string; readonly since: string | null };

export type OverviewAlert = {
  readonly name: string;
  readonly state: 'pending' | 'firing';
  readonly since: string | null;
  readonly suppressed: 'silenced' | 'inhibited' | null;
  /** False of those for people, on which nothing is decided: `at_max`, and the service's own. */
  readonly decides: boolean;
};

export type Verdict = {
  readonly kind: string;
  readonly reason: string;
  readonly sentence: string;
  readonly detail: string;
  readonly time: string;
};

/** What the rules say of a target; null where they do not say it. */
export type OverviewTerms = {
  readonly min: number | null;
  readonly max: number | null;
  readonly metric: string;
  readonly strategy: 'step' | 'target';
  readonly scaleup: number | null;
  readonly scaledown: number | null;
  /** Of strategy `target`: what each replica should have. */
  readonly goal: number | null;
};

export type OverviewService = OverviewTerms & {
  /** `docker/web` */
  readonly target: string;
  readonly name: string;
  readonly replicas: number | null;
  readonly running: number | null;
  readonly alerts: readonly OverviewAlert[];
  readonly cooldown: { readonly up_left_s: number; readonly down_left_s: number };
  readonly paused: boolean;
  /** Rule files of the service that are not what was asked for. */
  readonly quarantined: readonly string[];
  readonly verdict: Verdict | null;
};

export type OverviewPool = OverviewTerms & {
  readonly target: string;
  readonly infra: string;
  readonly name: string;
  readonly alerts: readonly OverviewAlert[];
  readonly paused: boolean;
  readonly quarantined: readonly string[];
  readonly verdict: Verdict | null;
};

export type OverviewPause = { readonly reason: string; readonly since: string };

export type Overview = {
  readonly time: string;
  readonly dry_run: boolean;
  readonly paused: OverviewPause | null;
  readonly parts: readonly OverviewPart[];
  readonly services: readonly OverviewService[];
  readonly pools: readonly OverviewPool[];
};

/** A target's past, for its plot: seconds since 1970 and what was measured then, null in a gap. */
export type TargetHistory = {
  readonly times: readonly number[];
  readonly values: readonly (number | null)[];
  /** Why there is nothing to plot; empty where there is. */
  readonly problem: string;
  readonly actions: readonly { readonly time: string; readonly from: number; readonly to: number }[];
};
