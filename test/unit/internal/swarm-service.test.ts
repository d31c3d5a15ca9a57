import { describe, expect, test } from '@jest/globals';
import { parseSwarmService } from '../../../internal/docker/swarm-service.ts';

function aServiceJson(spec: Record<string, unknown> = {}, rest: Record<string, unknown> = {}) {
  return {
    ID: 'abc',
    Version: { Index: 12 },
    CreatedAt: '2026-01-01T00:00:00.123456789Z',
    UpdatedAt: '2026-01-02T00:00:00Z',
    Spec: {
      Name: 'web',
      Labels: { 'micado.max': '5' },
      TaskTemplate: { ContainerSpec: { Image: 'nginx' }, Resources: { Limits: { NanoCPUs: 500_000_000 } } },
      Mode: { Replicated: { Replicas: 3 } },
      ...spec,
    },
    ServiceStatus: { RunningTasks: 2, DesiredTasks: 3 },
    ...rest,
  };
}

describe('a Swarm service', () => {
  test('is read with its limits in cores and its times in milliseconds', () => {
    expect(parseSwarmService(aServiceJson())).toMatchObject({
      id: 'abc',
      version: 12,
      name: 'web',
      mode: 'replicated',
      replicas: 3,
      runningTasks: 2,
      cpuLimitCores: 0.5,
      memoryLimitBytes: undefined,
      mountsVolume: false,
      updateState: undefined,
      createdAtMs: Date.parse('2026-01-01T00:00:00.123Z'),
      previous: undefined,
    });
  });

  test.each([
    [50_000_000, 0.05],
    [1_000_000_000, 1],
    [12_500_000_000, 12.5],
    [0, undefined],
  ])('with NanoCPUs %d has a limit of %s cores', (nanoCpus, cores) => {
    const json = aServiceJson({ TaskTemplate: { Resources: { Limits: { NanoCPUs: nanoCpus } } } });
    expect(parseSwarmService(json).cpuLimitCores).toBe(cores);
  });

  test.each([
    ['global', { Global: {} }],
    ['replicated-job', { ReplicatedJob: { MaxConcurrent: 1 } }],
    ['global-job', { GlobalJob: {} }],
  ])('of mode %s has no replicas', (mode, Mode) => {
    expect(parseSwarmService(aServiceJson({ Mode }))).toMatchObject({ mode, replicas: undefined });
  });

  test('keeps zero replicas apart from none given, which Swarm takes as one', () => {
    expect(parseSwarmService(aServiceJson({ Mode: { Replicated: { Replicas: 0 } } })).replicas).toBe(0);
    expect(parseSwarmService(aServiceJson({ Mode: { Replicated: {} } })).replicas).toBe(1);
  });

  test('tells a volume from other mounts', () => {
    const withMount = (Type: string) =>
      aServiceJson({ TaskTemplate: { ContainerSpec: { Mounts: [{ Type }] } } });
    expect(parseSwarmService(withMount('volume')).mountsVolume).toBe(true);
    expect(parseSwarmService(withMount('tmpfs')).mountsVolume).toBe(false);
  });

  test('shows what was before the last update', () => {
    const PreviousSpec = { Name: 'web', Labels: { a: 'b' }, Mode: { Replicated: { Replicas: 1 } } };
    expect(parseSwarmService(aServiceJson({}, { PreviousSpec })).previous).toEqual({
      replicas: 1,
      labels: { a: 'b' },
    });
  });

  test('keeps the whole spec, with keys that this program does not know', () => {
    const json = aServiceJson({ EndpointSpec: { Mode: 'dnsrr' } });
    expect(parseSwarmService(json).spec).toEqual(json.Spec);
  });

  test('is refused where the answer is something else', () => {
    expect(() => parseSwarmService({ message: 'no' })).toThrow('is not a Swarm service');
  });
});
