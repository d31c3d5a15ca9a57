/** The policy file: written once, and so that a Swarm in use is left as it is. */
import { existsSync } from 'node:fs';
import type Docker from 'dockerode';
import { AppError } from '../../internal/daemon/app-error.ts';
import { writeFileAtomically } from '../../internal/daemon/atomic-file.ts';
import { foreignServices } from '../adapters/docker-swarm.ts';
import type { StateStore } from '../adapters/state-file.ts';
import { planPolicy } from '../core/plan-policy.ts';
import type { StackLayout } from '../core/stack-layout.ts';
import type { StepResult } from '../ports.ts';

export type PolicyOptions = {
  readonly docker: Docker;
  readonly layout: StackLayout;
  readonly state: StateStore;
  readonly clusterId: string;
};

export type SettledPolicy = {
  /** The services that were there, when the policy was written with scaling off because of them. */
  readonly servicesLeftAlone: readonly string[];
};

export async function settlePolicy(options: PolicyOptions): Promise<StepResult<SettledPolicy>> {
  const { docker, layout, state, clusterId } = options;
  const services = await foreignServices(docker);
  const plan = planPolicy({
    exists: existsSync(layout.policyFile),
    folder: layout.folder,
    swarmBefore: state.current().policySwarm,
    swarmNow: clusterId,
    foreignServices: services.length,
  });
  switch (plan.kind) {
    case 'refuse':
      throw new AppError('conflict', plan.message);
    case 'keep':
      await state.note({ policySwarm: clusterId });
      return { value: { servicesLeftAlone: [] }, done: `${layout.policyFile} as it is` };
    case 'write': {
      await state.note({ policySwarm: clusterId });
      await writeFileAtomically(layout.policyFile, plan.text);
      return {
        value: { servicesLeftAlone: plan.scaleByDefault ? [] : services },
        done: `${layout.policyFile} written: services are ${plan.scaleByDefault ? 'scaled by default' : 'left alone unless told otherwise'}`,
      };
    }
  }
}
