/** What `down --purge` undoes, as data. What somebody else uses by now stays, and is named with the command for it. */

import { listNames } from './list-names.ts';

export type PurgeFacts = {
  /** Without an answer nobody knows what lives on the engine; then only our own is touched. */
  readonly engineAnswers: boolean;
  readonly swarmIsOurs: boolean;
  /** Names of services that are not the stack's own. */
  readonly foreignServices: readonly string[];
  readonly otherNodes: number;
  /** It runs, or ran, with its data in the state folder. */
  readonly engineIsOurs: boolean;
  /** Running containers that no Swarm service started. */
  readonly looseContainers: number;
  readonly aptPackages: readonly string[];
  readonly dockerCommand: string;
};

export type PurgeStep =
  | { readonly kind: 'leave-swarm' }
  | { readonly kind: 'stop-engine' }
  | { readonly kind: 'remove-packages'; readonly packages: readonly string[] }
  | { readonly kind: 'remove-folder' }
  | { readonly kind: 'keep'; readonly what: string; readonly why: string; readonly command: string };

export function planPurge(facts: PurgeFacts): readonly PurgeStep[] {
  const { dockerCommand, aptPackages, engineIsOurs } = facts;
  const swarmUse = usedBy(facts.foreignServices, facts.otherNodes);
  const engineUse = swarmUse ?? containersIn(facts.looseContainers) ?? unknownUse(facts);
  const steps: PurgeStep[] = [];
  if (facts.swarmIsOurs)
    steps.push(
      swarmUse === undefined
        ? { kind: 'leave-swarm' }
        : keep('the Swarm', swarmUse, `${dockerCommand} swarm leave --force`),
    );
  if (engineIsOurs && engineUse === undefined) steps.push({ kind: 'stop-engine' });
  if (aptPackages.length > 0)
    steps.push(
      engineUse === undefined
        ? { kind: 'remove-packages', packages: aptPackages }
        : keep(
            `the package${aptPackages.length === 1 ? '' : 's'} ${aptPackages.join(', ')}`,
            engineUse,
            `apt-get remove ${aptPackages.join(' ')}`,
          ),
    );
  // The engine's data lie in the state folder: while it runs, both stay.
  if (engineIsOurs && engineUse !== undefined)
    steps.push(keep('the engine with its data in the state folder', engineUse, 'micado down --purge'));
  else steps.push({ kind: 'remove-folder' });
  return steps;
}

const keep = (what: string, why: string, command: string): PurgeStep => ({
  kind: 'keep',
  what,
  why,
  command,
});

function usedBy(services: readonly string[], otherNodes: number): string | undefined {
  if (services.length > 0) return `it runs ${count(services.length, 'service')} (${listNames(services)})`;
  return otherNodes > 0 ? `it has ${count(otherNodes, 'further node')}` : undefined;
}

function containersIn(containers: number): string | undefined {
  return containers > 0 ? `the engine runs ${count(containers, 'container')}` : undefined;
}

function unknownUse({ engineAnswers, engineIsOurs }: PurgeFacts): string | undefined {
  return engineAnswers || engineIsOurs
    ? undefined
    : 'the engine does not answer, so nobody knows who uses it';
}

const count = (n: number, noun: string): string => `${n} ${noun}${n === 1 ? '' : 's'}`;
