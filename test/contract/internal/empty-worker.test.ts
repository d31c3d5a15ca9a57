/**
 * What the exporter tells the rules and what the executor buys: of every task that finds no room, both must say the same,
 * or an alert would fire for ever for a worker that nobody orders.
 */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { readPendingTasks } from '../../../executor/core/workers/pending-tasks.ts';
import { countPendingTasks } from '../../../exporter/core/pending-tasks.ts';
import { parsePoolShapes } from '../../../exporter/core/pool-shapes.ts';
import { parseServiceCounts } from '../../../exporter/core/swarm-snapshot.ts';
import { parseSwarmNode } from '../../../internal/docker/swarm-node.ts';
import { parseSwarmService } from '../../../internal/docker/swarm-service.ts';
import { parseSwarmTask } from '../../../internal/docker/swarm-task.ts';

const GIB = 1024 ** 3;
const TIME = '2026-01-01T00:00:00Z';

/** As engines tell of them: by number, or by name. */
const discrete = (gpus: number) => [{ DiscreteResourceSpec: { Kind: 'gpu', Value: gpus } }];
const named = (gpus: number) =>
  Array.from({ length: gpus }, (_, index) => ({ NamedResourceSpec: { Kind: 'gpu', Value: `gpu-${index}` } }));

const worker = fc.record({
  generic: fc.constantFrom(undefined, null, discrete(1), named(1), named(3)),
  cores: fc.constantFrom(1, 2, 4),
  gib: fc.constantFrom(1, 4),
  disk: fc.constantFrom(undefined, 'ssd', 'HDD'),
  arch: fc.constantFrom('x86_64', 'aarch64'),
});
const template = fc.record({
  gpus: fc.constantFrom(0, 0, 0, 1, 2),
  cores: fc.constantFrom(0, 0.5, 1, 2, 4, 8),
  gib: fc.constantFrom(0, 0.5, 1, 4, 64),
  constraints: fc.subarray([
    'node.labels.disk==ssd',
    'node.labels.disk != hdd',
    'node.labels.micado.pool==worker',
    'node.labels.zone==moon',
    'node.role==worker',
    'node.role == manager',
    'node.hostname==w0',
    'node.hostname!=w0',
    'node.platform.os==linux',
    'node.mood==good',
  ]),
  platforms: fc.subarray([
    { OS: 'linux', Architecture: 'amd64' },
    { OS: 'linux', Architecture: 'arm64' },
    { OS: 'windows', Architecture: 'amd64' },
  ]),
});
type Template = Omit<typeof template extends fc.Arbitrary<infer T> ? T : never, 'cores'> & {
  readonly cores: number;
};

const specOf = ({ cores, gib, gpus, constraints, platforms }: Template) => ({
  ContainerSpec: { Image: 'web:1' },
  Resources: {
    Reservations: {
      NanoCPUs: cores * 1e9,
      MemoryBytes: gib * GIB,
      ...(gpus === 0 ? {} : { GenericResources: discrete(gpus) }),
    },
  },
  Placement: { Constraints: constraints, Platforms: platforms },
});
const nodeOf = (
  index: number,
  { cores, gib, generic, disk, arch }: typeof worker extends fc.Arbitrary<infer T> ? T : never,
) => ({
  ID: `n${index}`,
  Version: { Index: 1 },
  CreatedAt: TIME,
  UpdatedAt: TIME,
  Spec: {
    Role: 'worker',
    Availability: 'active',
    Labels: { 'micado.pool': 'worker', ...(disk === undefined ? {} : { disk }) },
  },
  Description: {
    Hostname: `w${index}`,
    Platform: { OS: 'linux', Architecture: arch },
    Resources: {
      NanoCPUs: cores * 1e9,
      MemoryBytes: gib * GIB,
      ...(generic === undefined ? {} : { GenericResources: generic }),
    },
  },
  Status: { State: 'ready', Addr: `10.0.0.${index}` },
});
const serviceOf = (id: string, mode: object, task: Template) => ({
  ID: id,
  Version: { Index: 1 },
  CreatedAt: TIME,
  UpdatedAt: TIME,
  Spec: { Name: id, Mode: mode, TaskTemplate: specOf(task) },
  ServiceStatus: { RunningTasks: 0, DesiredTasks: 1 },
});

describe('exporter and executor', () => {
  test('agree on which waiting tasks an empty worker could take', () => {
    const seen = new Set<boolean>();
    fc.assert(
      fc.property(worker, template, fc.constantFrom(0, 0.1), (one, task, agentCores) => {
        const nodes = [nodeOf(0, one), nodeOf(1, one)];
        const agent: Template = { cores: agentCores, gib: 0, gpus: 0, constraints: [], platforms: [] };
        const services = [
          serviceOf('web', { Replicated: { Replicas: 1 } }, task),
          serviceOf('agent', { Global: {} }, agent),
        ];
        const tasks = [
          {
            ID: 't1',
            ServiceID: 'web',
            DesiredState: 'running',
            Status: { State: 'pending', Err: 'no suitable node (insufficient resources on 2 nodes)' },
            Spec: specOf(task),
          },
          ...nodes.map(({ ID }) => ({
            ID: `agent-${ID}`,
            ServiceID: 'agent',
            NodeID: ID,
            DesiredState: 'running',
            Status: { State: 'running' },
            Spec: specOf(agent),
          })),
        ];
        const [told] = countPendingTasks(
          tasks,
          parseServiceCounts(services),
          parsePoolShapes(nodes, services),
        );
        const view = {
          nodes: nodes.map(parseSwarmNode),
          services: services.map((service) => ({ ...parseSwarmService(service), hostPorts: [] })),
          tasks: tasks.map(parseSwarmTask),
        };
        const isBought = readPendingTasks(view, 'worker').waiting.length === 1;
        seen.add(isBought);
        expect(told?.reason === 'insufficient_resources').toBe(isBought);
      }),
      { numRuns: 500 },
    );
    expect(seen).toEqual(new Set([false, true]));
  });
});
