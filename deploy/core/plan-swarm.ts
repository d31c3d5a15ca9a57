/** What to do about the Swarm: join in as one of its users, make one, or say why neither works. */

export type SwarmFacts = {
  /** Docker's LocalNodeState: inactive, pending, active, error or locked. */
  readonly state: string;
  readonly isManager: boolean;
  readonly clusterId: string | undefined;
  readonly createdAtMs: number | undefined;
  readonly nodes: number;
};

export type SwarmPlan =
  | { readonly kind: 'use'; readonly clusterId: string }
  | { readonly kind: 'init' }
  | { readonly kind: 'refuse'; readonly message: string };

export function planSwarm(facts: SwarmFacts): SwarmPlan {
  switch (facts.state) {
    case 'inactive':
      return { kind: 'init' };
    case 'locked':
      return refuse('this engine’s Swarm is locked: unlock it first (docker swarm unlock)');
    case 'active':
      if (!facts.isManager)
        return refuse('this engine is a worker of its Swarm; micado runs beside a manager: run it there');
      if (facts.clusterId === undefined) return refuse('this engine does not say which Swarm it manages');
      return { kind: 'use', clusterId: facts.clusterId };
    default:
      return refuse(`this engine’s Swarm is in state "${facts.state}": see docker info`);
  }
}

const refuse = (message: string): SwarmPlan => ({ kind: 'refuse', message });

/**
 * Whether this Swarm is one that we made. Killed between making it and noting its id, a stack knows only since when it
 * meant to: a Swarm that is younger than that is ours.
 */
export function madeByUs(
  facts: SwarmFacts,
  made: { readonly intendedAtMs: number; readonly clusterId?: string | undefined } | undefined,
): boolean {
  if (made === undefined || facts.clusterId === undefined) return false;
  if (made.clusterId !== undefined) return made.clusterId === facts.clusterId;
  return facts.createdAtMs !== undefined && facts.createdAtMs >= made.intendedAtMs;
}
