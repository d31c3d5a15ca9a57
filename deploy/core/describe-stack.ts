/** A running stack in words: what runs where, and what to type next. */
import { formatTable } from './format-table.ts';
import { listNames } from './list-names.ts';
import type { PartPlan } from './plan-parts.ts';
import { howToTurnOn, quoteForShell } from './plan-policy.ts';

/** The docker command for this engine, as somebody would type it. */
export function dockerCommandFor(address: string, defaultAddress: string): string {
  return address === defaultAddress ? 'docker' : `docker -H ${quoteForShell(address)}`;
}

export function describeParts(parts: readonly PartPlan[]): string {
  return formatTable(
    ['part', 'address', 'log', 'what it is for'],
    parts.map(({ name, url, logFile, purpose }) => [name, url, logFile, purpose]),
  );
}

export function describeNextSteps(input: {
  readonly dockerCommand: string;
  readonly stateFolder: string;
  readonly policyFile: string;
  /** Services that were there before micado, and are not scaled because of that. */
  readonly servicesLeftAlone: readonly string[];
}): string {
  const { dockerCommand, servicesLeftAlone } = input;
  const leftAlone = servicesLeftAlone.length > 0;
  const label = leftAlone ? ' --label micado.scale=true' : '';
  const lines = [
    ...(leftAlone
      ? [
          `This Swarm has services already (${listNames(servicesLeftAlone)}), so the policy says defaults.scale: false. To turn it on for`,
          ...howToTurnOn(input.policyFile, dockerCommand).map((line) => `  ${line}`),
          '',
        ]
      : []),
    'Next, create a service and watch it scale:',
    `  ${dockerCommand} service create --name web --limit-cpu 0.5 --label micado.max=5${label} nginx`,
    'or see the whole story in three minutes, in another terminal:',
    `  npm run demo -- --state.dir=${quoteForShell(input.stateFolder)}`,
    '',
    'Ctrl-C stops these parts; the engine, the Swarm and your services go on.',
  ];
  return lines.map((line) => `${line}\n`).join('');
}
