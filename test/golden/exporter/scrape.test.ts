/** A whole scrape, byte by byte, for each way in which kernels lay out their cgroups. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { eventually } from '../../eventually.ts';
import { type DockerEngineServer, startDockerEngineServer } from '../../fakes/docker-engine-server.ts';
import { FIXTURE_CONTAINER, KERNEL_LAYOUTS, unpackKernelTree } from '../../fakes/kernel-tree.ts';
import { createManualClock } from '../../fakes/manual-clock.ts';
import { runExporter, sampleOf, withoutOwnMetrics } from '../../fakes/running-exporter.ts';
import { metricComplaints } from '../../real/support/promtool.ts';

function addContainers({ state }: DockerEngineServer): void {
  state.startContainer({
    ...FIXTURE_CONTAINER.web,
    name: 'shop_web.1.k2x',
    image: 'registry.example:5000/web:1.4@sha256:0123',
    time: '2025-12-31T23:00:00.5Z',
    labels: {
      'com.docker.swarm.service.name': 'shop_web',
      'com.docker.swarm.service.id': 'serviceid',
      'com.docker.swarm.task': '',
      'com.docker.swarm.task.id': 'k2x',
      'com.docker.stack.namespace': 'shop',
      'org.example.not-wanted': 'x',
      'team.name': 'blue "1"\\',
      'team-name': 'loses',
    },
  });
  state.startContainer({ ...FIXTURE_CONTAINER.idle, name: 'idle', time: '2025-12-31T22:00:00Z' });
}

function addSwarm({ state }: DockerEngineServer): void {
  state.addNode({ hostname: 'm1', role: 'manager' });
  state.addNode({
    hostname: 'w1',
    state: 'down',
    availability: 'drain',
    labels: { 'micado.pool': 'worker' },
  });
  state.createService({ name: 'shop_web', replicas: 3 });
  state.setTasks('shop_web', {
    running: 1,
    pending: 2,
    pendingError: 'no suitable node (insufficient resources on 2 nodes)',
  });
  state.createService({ name: 'agent', spec: { Mode: { Global: {} } } });
  state.setTasks('agent', { running: 1 });
}

describe.each(KERNEL_LAYOUTS)('a scrape on %s', (layout) => {
  test('is byte by byte what it was', async () => {
    using tree = unpackKernelTree(layout);
    await using engine = await startDockerEngineServer();
    addSwarm(engine);
    addContainers(engine);
    const clock = createManualClock();
    await using exporter = await runExporter({ engine, tree, clock, flags: ['--labels.include=team*'] });

    const text = await eventually('everything is listed', async () => {
      await clock.advance(100);
      const now = await exporter.scrape();
      const listed = sampleOf(now, 'micado_exporter_containers_tracked') === 2;
      return listed && now.includes('swarm_service_info') ? now : undefined;
    });
    expect(sampleOf(text, 'micado_exporter_label_collisions')).toBe(1);
    expect(text.match(/^micado_exporter_read_errors_total.* [^0].*$/m)).toBeNull();
    const actual = withoutOwnMetrics(text).replace(/^(container_last_seen.*) \d+$/gm, '$1 NOW');
    const golden = new URL(`${layout}/out.prom`, import.meta.url);
    if (process.env['GOLDEN_UPDATE'] === '1') {
      mkdirSync(new URL('.', golden), { recursive: true });
      writeFileSync(golden, actual);
    }
    expect(actual).toBe(readFileSync(golden, 'utf8'));
    expect(metricComplaints(text)).toEqual([]);
  });
});
