/** What happens around an executor. Together they pass every crash point; the cool-downs are so long that an action too many shows. */

import type { PauseSwitch } from '../../../executor/pauses.ts';
import { alertLabels, poolAlertLabels } from '../../e2e/executor/start-executor.ts';
import { type MemoryWorld, POOL } from './memory-world.ts';

export type Story = {
  readonly name: string;
  /** So many turns end it, and show that nothing follows. */
  readonly turns: number;
  begin(world: MemoryWorld): void;
  /** What others do before the turn of this number, the first being 0. Fails where it has to be tried again. */
  before?(turn: number, world: MemoryWorld, pauses: PauseSwitch): Promise<void> | void;
};

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** When all trouble of the growth before it is over. */
const DEPLOY_AT_TURN = 10;

type Texts = Readonly<Record<string, string>>;

const KEEP: Texts = { 'micado.keep': 'true' };
const SLOW: Texts = { min: '1', max: '9', step: '1', cooldown: '1h', metric: 'cpu' };

const serviceAlert = (kind: 'overloaded' | 'underloaded', annotations: Texts = {}) => ({
  labels: alertLabels('web', kind),
  annotations: { ...SLOW, ...annotations },
  value: kind === 'overloaded' ? '95' : '5',
});

const poolLabels = (alert: string): Texts => poolAlertLabels(POOL, alert);

/** On a node of its own, which belongs to no pool. */
function setService({ swarm }: MemoryWorld, replicas: number, labels: Texts = {}): void {
  swarm.addNode({ hostname: 'node' });
  swarm.createService({ name: 'web', replicas, labels });
}

/** Two rules, of which one fires or none does. */
function setPool(world: MemoryWorld, vms: number, firing?: 'overloaded' | 'underloaded'): void {
  const annotations = { ...SLOW, max: '4', scaleup: '60' };
  const { prometheus, cloud, clock } = world;
  cloud.addPool(POOL, { target: vms });
  world.tick();
  world.pass(2 * HOUR_MS);
  prometheus.setRules(
    ['overloaded', 'underloaded'].map((kind) => ({ labels: poolLabels(kind), annotations })),
  );
  if (firing === undefined) return;
  const value = firing === 'overloaded' ? '95' : '5';
  const activeAt = new Date(clock.now()).toISOString();
  prometheus.setAlerts([{ labels: poolLabels(firing), annotations, value, activeAt }]);
}

const RESERVED = { TaskTemplate: { ContainerSpec: { Image: 'app:1' }, Resources: {} } };

export const STORIES: readonly Story[] = [
  {
    name: 'a service grows',
    turns: 5,
    begin(world) {
      setService(world, 1);
      world.prometheus.setAlerts([serviceAlert('overloaded')]);
    },
  },
  {
    name: 'a service shrinks',
    turns: 5,
    begin(world) {
      setService(world, 4);
      world.pass(2 * HOUR_MS);
      world.prometheus.setAlerts([serviceAlert('underloaded')]);
    },
  },
  {
    name: 'a service grows, and is kept when a deploy resets it',
    turns: 16,
    begin(world) {
      setService(world, 1, KEEP);
      world.prometheus.setAlerts([serviceAlert('overloaded', { step: '2' })]);
    },
    before(turn, { swarm, prometheus }) {
      if (turn !== DEPLOY_AT_TURN) return;
      prometheus.setAlerts([]);
      swarm.changeService('web', (spec) => ({
        ...spec,
        Labels: KEEP,
        Mode: { Replicated: { Replicas: 1 } },
      }));
    },
  },
  {
    name: 'a service is paused before it is overloaded',
    turns: 7,
    begin: (world) => setService(world, 1),
    async before(turn, { prometheus }, pauses) {
      // A person whose request was not answered asks again; the load comes when it was.
      if (turn > 3) return;
      await pauses.pause('docker/web', 'maintenance');
      prometheus.setAlerts([serviceAlert('overloaded')]);
    },
  },
  { name: 'a pool grows', turns: 8, begin: (world) => setPool(world, 1, 'overloaded') },
  {
    name: 'a pool shrinks by the worker that has the only replica of a service',
    turns: 16,
    begin(world) {
      setPool(world, 3, 'underloaded');
      for (const name of ['a', 'b', 'c']) world.swarm.createService({ name, replicas: 1, spec: RESERVED });
      world.tick();
    },
  },
  {
    name: 'a VM never joins, and is given back',
    turns: 22,
    begin(world) {
      setPool(world, 1);
      const { target } = world.cloud.pool(POOL);
      world.workers.neverJoin.add(`vm-${target + 1}`);
      world.cloud.pool(POOL).target = target + 1;
    },
    before: (_turn, { pass }) => pass(MINUTE_MS),
  },
  {
    name: 'a provider that lost a VM is revived',
    turns: 22,
    begin(world) {
      setPool(world, 2);
      world.isCloudStuck = true;
      world.cloud.pool(POOL).target = 3;
    },
    before(_turn, world) {
      world.pass(MINUTE_MS);
      if (world.cloud.requests.includes('maintain stuck')) world.isCloudStuck = false;
    },
  },
];
