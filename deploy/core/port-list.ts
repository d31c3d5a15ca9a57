/**
 * Which ports have to be open between whom, and which must not be: the one list that `micado ports` and docs/security.md show.
 * What is not in the first list stays closed, whether the second one says why or not.
 */
import { DEFAULT_PORT } from '../../internal/contract/ports.ts';

export type Party =
  | 'operator'
  | 'users'
  | 'master'
  | 'each worker'
  | 'each node'
  | 'the cloud’s API'
  | 'package archives'
  | 'name server';

export type Protocol = 'tcp' | 'udp' | 'esp';

/** What MiCADO 0.3 did with the port: opened it to the world, or used it without naming it in its list. */
export type Formerly = 'open to the world' | 'used, not in the list';

export type OpenPort = {
  /** Who begins the connection. */
  readonly from: Party;
  readonly to: Party;
  /** `published`: whatever services publish. Undefined for a protocol without ports. */
  readonly port: number | 'published' | undefined;
  readonly protocols: readonly Protocol[];
  readonly purpose: string;
  /** Undefined where it is needed always. */
  readonly onlyWith?: string;
  readonly formerly?: Formerly;
};

export type ClosedPort = {
  readonly port: number;
  readonly protocols: readonly Protocol[];
  readonly what: string;
  /** Where it listens all the same; undefined where nothing does. */
  readonly listens?: string;
  readonly whyNot: string;
  readonly instead?: string;
  readonly formerly?: Formerly;
};

const TCP = ['tcp'] as const;
const BOTH = ['tcp', 'udp'] as const;
const WORLD = 'open to the world';
const MORE_NODES = 'more than one node';
const POOL = 'worker VMs';
const CONSUL = 'Consul outside the stack’s network';
const TUNNEL = 'an SSH tunnel, or a proxy that asks for a password';

/** Towards the outside first, then within the cluster, then from it. */
export const OPEN_PORTS: readonly OpenPort[] = [
  {
    from: 'operator',
    to: 'master',
    port: 22,
    protocols: TCP,
    purpose: 'SSH; by a tunnel the way to every page and API of the stack',
    formerly: WORLD,
  },
  {
    from: 'users',
    to: 'each node',
    port: 'published',
    protocols: BOTH,
    purpose: 'your applications: the routing mesh answers on every node',
    onlyWith: 'services that publish a port',
  },
  {
    from: 'each node',
    to: 'master',
    port: 2377,
    protocols: TCP,
    purpose: 'joining the Swarm, and its orders; TLS with a certificate on both sides',
    onlyWith: MORE_NODES,
    formerly: WORLD,
  },
  {
    from: 'each node',
    to: 'each node',
    port: 7946,
    protocols: BOTH,
    purpose: 'which node and which network is where',
    onlyWith: MORE_NODES,
    formerly: WORLD,
  },
  {
    from: 'each node',
    to: 'each node',
    port: 4789,
    protocols: ['udp'],
    purpose: 'overlay networks and the routing mesh (VXLAN, not encrypted)',
    onlyWith: MORE_NODES,
    formerly: 'used, not in the list',
  },
  {
    from: 'each node',
    to: 'each node',
    port: undefined,
    protocols: ['esp'],
    purpose: 'networks made with --opt encrypted (IP protocol 50)',
    onlyWith: 'encrypted networks',
  },
  {
    from: 'master',
    to: 'each worker',
    port: DEFAULT_PORT.exporter,
    protocols: TCP,
    purpose: 'Prometheus reads the exporter; Occopus sees that the VM is up',
    onlyWith: POOL,
    formerly: WORLD,
  },
  {
    from: 'master',
    to: 'each worker',
    port: DEFAULT_PORT.nodeExporter,
    protocols: TCP,
    purpose: 'Prometheus reads node_exporter',
    onlyWith: 'node_exporter outside the stack’s network',
    formerly: WORLD,
  },
  {
    from: 'master',
    to: 'each node',
    port: 8404,
    protocols: TCP,
    purpose: 'Prometheus reads HAProxy; the number is LB_METRICS_PORT’s',
    onlyWith: 'load balancing',
  },
  {
    from: 'each node',
    to: 'master',
    port: 8300,
    protocols: TCP,
    purpose: 'Consul’s agents ask its server',
    onlyWith: CONSUL,
    formerly: WORLD,
  },
  {
    from: 'each node',
    to: 'each node',
    port: 8301,
    protocols: BOTH,
    purpose: 'Consul’s agents find each other',
    onlyWith: CONSUL,
    formerly: WORLD,
  },
  {
    from: 'master',
    to: 'the cloud’s API',
    port: 443,
    protocols: TCP,
    purpose: 'Occopus starts and stops VMs',
    onlyWith: POOL,
  },
  {
    from: 'each node',
    to: 'package archives',
    port: 443,
    protocols: TCP,
    purpose: 'images, the release, packages',
    formerly: WORLD,
  },
  {
    from: 'each node',
    to: 'package archives',
    port: 80,
    protocols: TCP,
    purpose: 'Debian’s packages, which are signed',
    formerly: WORLD,
  },
  {
    from: 'each node',
    to: 'name server',
    port: 53,
    protocols: BOTH,
    purpose: 'names of the above',
    formerly: WORLD,
  },
];

const LOOPBACK = 'loopback, or the stack’s own network';
const INNER = 'a network of Occopus’ containers';

/** In the order of their numbers. */
export const CLOSED_PORTS: readonly ClosedPort[] = [
  {
    port: 2375,
    protocols: TCP,
    what: 'Docker’s API',
    whyNot: 'whoever reaches it is root on the machine, and reads both join tokens',
    instead: 'DOCKER_HOST=ssh://user@master',
    formerly: WORLD,
  },
  {
    port: DEFAULT_PORT.occopus,
    protocols: TCP,
    what: 'Occopus',
    listens: INNER,
    whyNot: 'it knows neither users nor encryption, and runs code that it is sent',
    instead: 'micado submit, and micado destroy for curl -X DELETE, on the master',
    formerly: 'used, not in the list',
  },
  {
    port: 6379,
    protocols: TCP,
    what: 'redis, for Occopus',
    listens: INNER,
    whyNot: 'it has no password, and holds the worker token',
    formerly: 'used, not in the list',
  },
  {
    port: 8080,
    protocols: TCP,
    what: 'cAdvisor, in MiCADO’s early versions',
    whyNot: `nothing of ours is there; the exporter is on ${DEFAULT_PORT.exporter}`,
    formerly: WORLD,
  },
  {
    port: 8302,
    protocols: BOTH,
    what: 'Consul, between data centres',
    whyNot: 'there is one',
    formerly: WORLD,
  },
  {
    port: 8400,
    protocols: TCP,
    what: 'Consul’s old RPC',
    whyNot: 'Consul has not had it since 0.8',
    formerly: WORLD,
  },
  {
    port: DEFAULT_PORT.consul,
    protocols: TCP,
    what: 'Consul’s API and pages',
    listens: 'the stack’s network',
    whyNot: 'who may write there tells Prometheus what to scrape',
    instead: TUNNEL,
    formerly: WORLD,
  },
  {
    port: 8600,
    protocols: BOTH,
    what: 'Consul’s DNS',
    listens: 'the stack’s network',
    whyNot: 'Swarm has a DNS of its own, which nothing of ours goes past',
    formerly: WORLD,
  },
  {
    port: DEFAULT_PORT.prometheus,
    protocols: TCP,
    what: 'Prometheus',
    listens: LOOPBACK,
    whyNot: 'its lifecycle API reloads it, and also ends it (/-/quit), for whoever reaches it',
    instead: TUNNEL,
    formerly: WORLD,
  },
  {
    port: DEFAULT_PORT.alertmanager,
    protocols: TCP,
    what: 'Alertmanager',
    listens: LOOPBACK,
    whyNot: 'a silence stops all scaling, and anybody could set one',
    instead: TUNNEL,
    formerly: WORLD,
  },
  {
    port: DEFAULT_PORT.executor,
    protocols: TCP,
    what: 'the executor: status page, API, webhook',
    listens: LOOPBACK,
    whyNot: 'who may wake and pause it has the token; the pages name all services to every reader',
    instead: TUNNEL,
    formerly: WORLD,
  },
  {
    port: DEFAULT_PORT.rulegen,
    protocols: TCP,
    what: 'rulegen: its API, targets for Prometheus',
    listens: LOOPBACK,
    whyNot: 'it names all services and where their tasks are',
    instead: TUNNEL,
  },
];
