import { describe, expect, test } from '@jest/globals';
import { parseStackService } from '../../../../rulegen/core/stack-service.ts';

const read = (json: unknown) => {
  const parsed = parseStackService('shop_web', json);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.service;
};

describe('a service of a stack file', () => {
  test('needs nothing but its name', () => {
    const plain = {
      id: '',
      name: 'shop_web',
      labels: {},
      mode: 'replicated',
      cpuLimitCores: undefined,
      memoryLimitBytes: undefined,
      mountsVolume: false,
    };
    expect(read(null)).toEqual(plain);
    expect(read({ image: 'web', ports: ['80:80'], deploy: {} })).toEqual(plain);
  });

  test('has the labels of its deploy section, written as a mapping or as a list', () => {
    const labels = { 'micado.max': '4', 'micado.scale': 'true', 'micado.query': 'a == 1', empty: '' };
    expect(
      read({
        labels: { 'micado.max': '9' },
        deploy: { labels: { 'micado.max': 4, 'micado.scale': true, 'micado.query': 'a == 1', empty: null } },
      }).labels,
    ).toEqual(labels);
    expect(
      read({ deploy: { labels: ['micado.max=4', 'micado.scale=true', 'micado.query=a == 1', 'empty'] } })
        .labels,
    ).toEqual(labels);
  });

  test('has the limits of its resources', () => {
    const limitsOf = (limits: unknown) => read({ deploy: { resources: { limits } } });
    expect(limitsOf({ cpus: '0.05', memory: '64M' })).toMatchObject({
      cpuLimitCores: 0.05,
      memoryLimitBytes: 67_108_864,
    });
    expect(limitsOf({ cpus: 12.5, memory: '1.5gb' })).toMatchObject({
      cpuLimitCores: 12.5,
      memoryLimitBytes: 1_610_612_736,
    });
    expect(limitsOf({ memory: 4096 })).toMatchObject({ cpuLimitCores: undefined, memoryLimitBytes: 4_096 });
  });

  test.each(['global', 'replicated-job', 'global-job'])('may be %s', (mode) => {
    expect(read({ deploy: { mode } }).mode).toBe(mode);
  });

  test.each<[unknown, boolean]>([
    [['data:/var/lib/data'], true],
    [['/var/lib/data'], true],
    [[{ type: 'volume', source: 'data', target: '/data' }], true],
    [['./conf:/etc/conf:ro', '/etc/hosts:/etc/hosts', '~/x:/x'], false],
    [
      [
        { type: 'bind', source: '/a', target: '/b' },
        { type: 'tmpfs', target: '/tmp' },
      ],
      false,
    ],
  ])('with the volumes %j it keeps state: %j', (volumes, mountsVolume) => {
    expect(read({ volumes }).mountsVolume).toBe(mountsVolume);
  });

  test.each<[unknown, string, string]>([
    [{ deploy: { resources: { limits: { memory: 'much' } } } }, 'deploy.resources.limits.memory', '64M'],
    [{ deploy: { resources: { limits: { cpus: 'all' } } } }, 'deploy.resources.limits.cpus', 'cores'],
    [{ deploy: { mode: 'twice' } }, 'deploy.mode', 'replicated'],
    [{ deploy: { labels: 3 } }, 'deploy.labels', ''],
    ['text', '', ''],
  ])('%j is refused at its place', (json, path, message) => {
    const parsed = parseStackService('shop_web', json);
    if (parsed.ok) throw new Error('it was read');
    expect(parsed.problems[0]?.path.join('.')).toBe(path);
    expect(parsed.problems[0]?.message).toContain(message);
  });
});
