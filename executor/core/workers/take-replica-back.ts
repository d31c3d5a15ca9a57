/** The end of a move: the replica that was added goes, unless somebody has set a number of their own meanwhile. */
import { STATE_LABEL } from '../../../internal/contract/labels.ts';
import { type StepDecision, step } from '../decision.ts';
import type { WorkerService } from './swarm-view.ts';

export function takeReplicaBack(service: WorkerService, why: string): StepDecision {
  const { id, name, replicas = 0, labels } = service;
  const isOurs = labels[STATE_LABEL.replicas] === String(replicas) && replicas > 1;
  const back = isOurs ? replicas - 1 : replicas;
  return step('replica_taken_back', `${why}: ${name} has ${back} replicas again`, {
    kind: 'set_replicas',
    serviceId: id,
    replicas: back,
    movingFrom: undefined,
  });
}
