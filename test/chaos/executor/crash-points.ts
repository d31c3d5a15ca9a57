/**
 * Every method through which the executor touches the world, and whether it changes it. A method that is not named here does
 * not compile; a port that is not, a test finds. What changes the world is a crash point: the process may die right before
 * it, or right after, before it hears of it.
 */
import type {
  AlertReader,
  DecisionJournal,
  LoadReader,
  NodeProvider,
  PauseStore,
  PoolRegistry,
  RuleReader,
  ScalingTarget,
  SeriesReader,
  ServiceLister,
  ServiceReading,
  SuppressionReader,
  WorkerSwarm,
  WorkerSwarmReading,
} from '../../../executor/ports.ts';

export type Ports = {
  readonly AlertReader: AlertReader;
  readonly SuppressionReader: SuppressionReader;
  readonly ScalingTarget: ScalingTarget;
  readonly ServiceReading: ServiceReading;
  readonly WorkerSwarm: WorkerSwarm;
  readonly WorkerSwarmReading: WorkerSwarmReading;
  readonly PoolRegistry: PoolRegistry;
  readonly LoadReader: LoadReader;
  readonly NodeProvider: NodeProvider;
  readonly DecisionJournal: DecisionJournal;
  readonly PauseStore: PauseStore;
  readonly ServiceLister: ServiceLister;
  readonly RuleReader: RuleReader;
  readonly SeriesReader: SeriesReader;
};

type MethodsOf<P> = {
  [K in keyof P]: P[K] extends (...args: never[]) => unknown ? K : never;
}[keyof P];
type Effects<P> = { readonly [K in MethodsOf<P>]: 'reads' | 'changes' };

export const PORT_EFFECTS: { readonly [P in keyof Ports]: Effects<Ports[P]> } = {
  AlertReader: { list: 'reads' },
  SuppressionReader: { read: 'reads' },
  ScalingTarget: { read: 'reads', listKept: 'reads' },
  ServiceReading: { scale: 'changes' },
  WorkerSwarm: { read: 'reads', nodes: 'reads' },
  WorkerSwarmReading: { markNode: 'changes', setReplicas: 'changes', removeNode: 'changes' },
  PoolRegistry: { list: 'reads' },
  LoadReader: { read: 'reads' },
  NodeProvider: { read: 'reads', scaleTo: 'changes', remove: 'changes', maintain: 'changes' },
  DecisionJournal: { append: 'changes', recent: 'reads', search: 'reads', problem: 'reads' },
  PauseStore: { load: 'reads', save: 'changes' },
  ServiceLister: { list: 'reads' },
  RuleReader: { list: 'reads' },
  SeriesReader: { scraped: 'reads', lastSeen: 'reads', quarantined: 'reads', range: 'reads' },
};

/** `NodeProvider.scaleTo` */
export const CRASH_POINTS: readonly string[] = Object.entries(PORT_EFFECTS).flatMap(([port, methods]) =>
  Object.entries(methods).flatMap(([method, effect]) => (effect === 'changes' ? [`${port}.${method}`] : [])),
);

export const CRASH_MOMENTS = ['before', 'after'] as const;
export type CrashMoment = (typeof CRASH_MOMENTS)[number];

/** Told of each crash point that is passed; what it throws ends the caller there. */
export type CrashWatch = (point: string, moment: CrashMoment) => void;

/** The same port, with both moments of each of its crash points told. */
export function withCrashPoints<P extends keyof Ports>(name: P, port: Ports[P], watch: CrashWatch): Ports[P] {
  const effects: Readonly<Record<string, string>> = PORT_EFFECTS[name];
  return new Proxy(port, {
    get(target, key, receiver) {
      const member: unknown = Reflect.get(target, key, receiver);
      if (typeof member !== 'function' || effects[String(key)] !== 'changes') return member;
      return async (...args: readonly unknown[]): Promise<unknown> => {
        watch(`${name}.${String(key)}`, 'before');
        try {
          return await (Reflect.apply(member, target, args) as Promise<unknown>);
        } finally {
          // Also where it failed: what the caller would have heard, a process that dies does not hear.
          watch(`${name}.${String(key)}`, 'after');
        }
      };
    },
  });
}
