/** A cluster as the executor's API would show it, with as many services as a test wants; the same each time. */
import type {
  Overview,
  OverviewPart,
  OverviewPool,
  OverviewService,
  TargetHistory,
} from '../../../executor/core/overview/overview-shape.ts';

const NAMES = ['shop', 'search', 'checkout', 'images', 'mail', 'reports', 'login', 'queue'];
const MINUTE_MS = 60_000;

export function aCluster(count: number, nowMs: number): Overview {
  return {
    time: new Date(nowMs).toISOString(),
    dry_run: false,
    paused: null,
    parts: PARTS.map((part) => ({
      ...part,
      missing: [],
      since: part.state === 'off' ? null : new Date(nowMs - 190 * MINUTE_MS).toISOString(),
    })),
    services: Array.from({ length: count }, (_, index) => aService(index, nowMs)),
    pools: [aPool(nowMs)],
  };
}

const well = { state: 'well', reason: '' } as const;
const PARTS: readonly Omit<OverviewPart, 'since' | 'missing'>[] = [
  { name: 'docker', ...well },
  { name: 'prometheus', ...well },
  { name: 'alertmanager', ...well },
  { name: 'provider', ...well },
  { name: 'exporter', state: 'well', reason: 'All 12 answer.' },
  { name: 'rulegen', ...well },
  { name: 'consul', state: 'off', reason: 'None is configured.' },
];

function aService(index: number, nowMs: number): OverviewService {
  const plain = NAMES[index % NAMES.length] ?? '';
  const name = index < NAMES.length ? plain : `${plain}-${index}`;
  const isBusy = isBusyOf(index);
  const replicas = replicasOf(index);
  return {
    target: `docker/${name}`,
    name,
    replicas,
    running: isBusy ? replicas - 1 : replicas,
    min: 1,
    max: 10,
    metric: 'cpu',
    strategy: 'step',
    scaleup: 80,
    scaledown: 20,
    goal: 60,
    alerts: isBusy
      ? [
          {
            name: `${name}_overloaded`,
            state: 'firing',
            since: new Date(nowMs - MINUTE_MS).toISOString(),
            suppressed: null,
            decides: true,
          },
        ]
      : [],
    cooldown: isBusy ? { up_left_s: 21, down_left_s: 111 } : { up_left_s: 0, down_left_s: 0 },
    paused: index % 31 === 5,
    quarantined: [],
    verdict: {
      kind: 'hold',
      reason: isBusy ? 'cooldown' : 'not_firing',
      sentence: isBusy
        ? 'The last change of replicas or workers is too recent for one in this direction.'
        : 'Prometheus lists no firing scaling alert for the target.',
      detail: isBusy ? 'up again in 21s' : '',
      time: new Date(nowMs - MINUTE_MS).toISOString(),
    },
  };
}

const aPool = (nowMs: number): OverviewPool => ({
  target: 'VM/shop/worker',
  infra: 'shop',
  name: 'worker',
  min: 1,
  max: 10,
  metric: 'cpu',
  strategy: 'step',
  scaleup: 60,
  scaledown: 20,
  goal: null,
  alerts: [],
  paused: false,
  quarantined: [],
  verdict: {
    kind: 'hold',
    reason: 'in_flight',
    sentence: 'The provider still works on the last change, or a new worker is not yet Ready and scraped.',
    detail: 'vm-4 has not joined the Swarm',
    time: new Date(nowMs - MINUTE_MS).toISOString(),
  },
});

const aNode = (hostname: string, vm: string, busy: number, tasks: number) => ({
  hostname,
  vm,
  state: 'ready',
  availability: 'active',
  scraped: true,
  busy,
  tasks,
  may_go: 'yes',
});

/** Of the pool, and as much as the page reads of a service. */
export const anExplanation = (nowMs: number) => ({
  now: { kind: 'hold', reason: 'in_flight', sentence: 'The provider still works on the last change.' },
  to_act: 'Every VM is a Ready and scraped node, or --worker.boot-deadline passes.',
  provider: {
    name: 'occopus',
    target: 4,
    vms: [1, 2, 3, 4].map((id) => ({ id: `vm-${id}`, state: 'ready' })),
  },
  bounds: { min: 1, max: 10 },
  nodes: [
    aNode('worker-1', 'vm-1', 0.71, 9),
    aNode('worker-2', 'vm-2', 0.64, 8),
    aNode('worker-3', 'vm-3', 0.05, 1),
  ],
  drain: { node: 'worker-3', phase: 'draining', started: new Date(nowMs - MINUTE_MS).toISOString() },
  last_decisions: [],
});

const POINTS = 180;
const WORKERS = 4;

/** What the cards of the cluster say, told as a story: load rises, replicas come, load falls. */
export function aHistory(target: string, minutes: number, nowMs: number): TargetHistory {
  const index = indexOf(target);
  const stepSeconds = Math.ceil((minutes * 60) / POINTS);
  const end = Math.floor(nowMs / 1_000 / stepSeconds) * stepSeconds;
  const times = Array.from({ length: POINTS }, (_, place) => end - (POINTS - 1 - place) * stepSeconds);
  const growths = stepsSinceGrowth(index);
  const values = times.map((time, place) => {
    const calm = 42 + Math.sin((time + index * 370) / 160) * 12 + Math.sin((time + index) / 23) * 3;
    const rush = growths.map((stepsAgo) => Math.exp(-(((POINTS - 1 - place - stepsAgo) / 7) ** 2)));
    return Math.max(2, calm + 48 * Math.max(0, ...rush));
  });
  const replicas = index < 0 ? WORKERS : replicasOf(index);
  const actions = growths.map((stepsAgo, nth) => {
    const to = replicas - (growths.length - 1 - nth);
    return { time: new Date((end - stepsAgo * stepSeconds) * 1_000).toISOString(), from: to - 1, to };
  });
  return { times, values, problem: '', actions };
}

const replicasOf = (index: number): number => 2 + (index % 5);
const isBusyOf = (index: number): boolean => index % 7 === 1;

/** Some so near to each other that their labels have to make room. */
function stepsSinceGrowth(index: number): readonly number[] {
  if (isBusyOf(index)) return [90, 3];
  return replicasOf(index) >= 5 ? [66, 62, 58] : [40 + ((index + 1) % 4) * 25];
}

/** -1 for the pool. */
function indexOf(target: string): number {
  const name = target.split('/').at(-1) ?? '';
  const count = /-(\d+)$/.exec(name)?.[1];
  return count === undefined ? NAMES.indexOf(name) : Number(count);
}

export function someDecisions(services: readonly OverviewService[], nowMs: number) {
  return services.slice(0, 100).map(({ target }, index) => ({
    id: nowMs - index * 7_000,
    time: new Date(nowMs - index * 7_000).toISOString(),
    target,
    kind: index % 3 === 0 ? 'scale' : 'hold',
    reason: index % 3 === 0 ? 'overloaded' : 'cooldown',
    sentence:
      index % 3 === 0
        ? 'The service, or the pool of workers, is over its upper threshold.'
        : 'The last change of replicas or workers is too recent for one in this direction.',
    detail: index % 3 === 0 ? 'overloaded asks for it' : 'up again in 30s',
    ...(index % 3 === 0 ? { from: 2, to: 3 } : {}),
  }));
}
