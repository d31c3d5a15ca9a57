/** The policy file that a new stack starts with: on a Swarm that is in use already, nothing scales until told so. */

export type PolicyPlan =
  | { readonly kind: 'keep' }
  | { readonly kind: 'write'; readonly scaleByDefault: boolean; readonly text: string }
  | { readonly kind: 'refuse'; readonly message: string };

export type PolicyFacts = {
  readonly exists: boolean;
  readonly folder: string;
  /** The Swarm for which the policy was written, and the one that is there now. */
  readonly swarmBefore: string | undefined;
  readonly swarmNow: string;
  readonly foreignServices: number;
};

/** A policy that was written for an empty Swarm would scale everything on another: it is not carried over silently. */
export function planPolicy(facts: PolicyFacts): PolicyPlan {
  if (!facts.exists) {
    const scaleByDefault = facts.foreignServices === 0;
    return { kind: 'write', scaleByDefault, text: renderPolicy(scaleByDefault) };
  }
  const otherSwarm = facts.swarmBefore !== undefined && facts.swarmBefore !== facts.swarmNow;
  if (otherSwarm && facts.foreignServices > 0)
    return {
      kind: 'refuse',
      message:
        `state folder ${facts.folder} belongs to another Swarm, and this one has services: ` +
        'choose another folder with --state.dir, so that they get a policy of their own',
    };
  return { kind: 'keep' };
}

function renderPolicy(scaleByDefault: boolean): string {
  const why = scaleByDefault
    ? '# Every service is scaled unless its label micado.scale=false says otherwise.'
    : '# This Swarm had services when micado came: none is scaled until "true" stands here, or in its label micado.scale.';
  return `# Scaling policy. Labels on a service win over "services", and that over "defaults".
# Read again whenever it changes; micado up never overwrites it.
${why}
defaults:
  scale: ${scaleByDefault}
services: {}
queries: {}
`;
}

/** The lines that tell how to turn scaling on, for all services and for one. */
export function howToTurnOn(policyFile: string, dockerCommand: string): readonly string[] {
  return [
    `all services:  sed -i 's/^  scale: false/  scale: true/' ${quoteForShell(policyFile)}`,
    `one service:   ${dockerCommand} service update --label-add micado.scale=true <name>`,
  ];
}

export function quoteForShell(text: string): string {
  return /^[\w./:@=-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
