/** A pool's world in words and numbers: the inputs of its decisions in the journal, and the whole of it for `explain`. */

import type { Decision } from '../decision.ts';
import {
  type DecisionInputs,
  type DecisionRecord,
  describeAlert,
  recordDecision,
} from '../decision-record.ts';
import { REASONS } from '../reasons.ts';
import { describeLodgers } from './describe-lodgers.ts';
import { readDrainMark } from './drain-mark.ts';
import { vmOfNode } from './match-vms.ts';
import { judgeVictims } from './pick-victim.ts';
import { type PoolFacts, readPoolFacts } from './pool-facts.ts';
import { readPoolFigures } from './pool-figures.ts';
import type { PoolLimits, PoolWorld } from './pool-world.ts';
import { tasksOn, type WorkerNode } from './swarm-view.ts';

export function describePoolInputs(world: PoolWorld, limits: PoolLimits, nowMs: number): DecisionInputs {
  const { alerts, suppressions } = world;
  return {
    alerts: (alerts.kind === 'known' ? alerts.value : []).flatMap(
      (alert) => describeAlert(alert, suppressions, nowMs) ?? [],
    ),
    ...readPoolFigures(world, limits, nowMs),
  };
}

export function explainPool(
  world: PoolWorld,
  decision: Decision,
  lastDecisions: readonly DecisionRecord[],
  limits: PoolLimits,
  nowMs: number,
): DecisionInputs {
  const { target, swarm } = world;
  const facts = swarm.kind === 'known' ? readPoolFacts(world, swarm.value, limits, nowMs) : undefined;
  const { inputs, ...now } = recordDecision(
    target.key,
    decision,
    describePoolInputs(world, limits, nowMs),
    nowMs,
  );
  return {
    target: target.key,
    now,
    to_act: REASONS[decision.reason].change,
    provider: describeProvider(world, facts),
    bounds: facts?.bounds ?? null,
    nodes: facts === undefined ? null : describeNodes(world, facts, limits, nowMs),
    pending:
      facts === undefined
        ? null
        : {
            would_fit_empty_worker: describeLodgers(facts.pending.waiting),
            workers_needed: facts.pending.workers,
            unschedulable: facts.pending.unschedulable,
          },
    drain: describeDrain(facts),
    alerts: inputs['alerts'],
    away: describeAway(world),
    last_decisions: lastDecisions,
  };
}

function describeProvider({ providerName, report }: PoolWorld, facts: PoolFacts | undefined): DecisionInputs {
  if (report.kind === 'away') return { name: providerName, problem: report.problem };
  const state = facts?.provider?.state;
  return {
    name: providerName,
    ...(report.value ?? { problem: 'it does not know this infrastructure' }),
    state: state?.kind ?? 'unknown',
    ...(state !== undefined && 'detail' in state ? { waits_for: state.detail } : {}),
  };
}

function describeNodes(world: PoolWorld, facts: PoolFacts, limits: PoolLimits, nowMs: number) {
  const { view, nodes, provider } = facts;
  const load = world.load.kind === 'known' ? world.load.value : [];
  const report = provider?.report ?? { min: undefined, max: undefined, target: 0, vms: [] };
  const judged = judgeVictims({ view, nowMs, report, load, pool: world.target.node }, limits);
  return nodes.map((node) => {
    const measured = load.find(({ hostname }) => hostname === node.hostname);
    const verdict = judged.find((candidate) => candidate.node === node)?.verdict;
    return {
      hostname: node.hostname,
      id: node.id,
      address: node.address,
      vm: describeVm(node, facts),
      state: node.state,
      availability: node.availability,
      scraped: measured?.isScraped ?? false,
      busy: measured?.busy ?? null,
      tasks: tasksOn(view, node).length,
      may_go: verdict?.kind === 'may_go' ? 'yes' : (verdict?.why ?? 'no'),
    };
  });
}

function describeVm(node: WorkerNode, { provider, nodes }: PoolFacts): string | null {
  const match = vmOfNode(node, provider?.report.vms ?? [], nodes);
  return match.kind === 'one' ? match.vm.id : null;
}

function describeDrain(facts: PoolFacts | undefined): DecisionInputs | null {
  const [drain] = facts?.drains ?? [];
  const mark = drain && readDrainMark(drain.node.labels);
  if (drain === undefined || mark === undefined) return null;
  const started = new Date(mark.startedAtMs).toISOString();
  return { node: drain.node.hostname, vm: mark.vmId, phase: mark.phase, started };
}

function describeAway({ alerts, rules, load, suppressions, swarm, report }: PoolWorld): DecisionInputs {
  const prometheus = [alerts, rules, load].find(({ kind }) => kind === 'away');
  return {
    ...(prometheus?.kind === 'away' ? { prometheus: prometheus.problem } : {}),
    ...(suppressions.kind === 'away' ? { alertmanager: suppressions.problem } : {}),
    ...(swarm.kind === 'away' ? { docker: swarm.problem } : {}),
    ...(report.kind === 'away' ? { provider: report.problem } : {}),
  };
}
