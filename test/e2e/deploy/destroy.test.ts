/** `micado destroy` against an Occopus whose 200 proves nothing. */
import { describe, expect, test } from '@jest/globals';
import { eventually } from '../../eventually.ts';
import { POOL, startDestroyBench } from './destroy-bench.ts';

const workersOf = ({ engine }: Awaited<ReturnType<typeof startDestroyBench>>): readonly string[] =>
  [...engine.state.nodes.values()]
    .map(({ Description }) => Description.Hostname)
    .filter((hostname) => hostname !== 'm1');

describe('micado destroy', () => {
  test('empties each worker before its VM is deleted, and leaves nothing', async () => {
    await using bench = await startDestroyBench();
    const { isOver, said } = await bench.destroy();
    expect(said).toContain('nothing is left of micado_worker_infra');
    expect(isOver).toBe(true);
    expect(bench.tasksAtStop).toEqual([0, 0]);
    expect(bench.cloud.running()).toEqual([]);
    expect(workersOf(bench)).toEqual([]);
    expect(bench.nodeNamed('m1')?.Spec.Availability).toBe('active');
    await eventually('the pool is not paused any more', () => bench.paused.size === 0);
  });

  test('does nothing when it is run again', async () => {
    await using bench = await startDestroyBench();
    await bench.destroy();
    const { isOver, said } = await bench.destroy();
    expect(isOver).toBe(true);
    expect(said).toContain('Occopus knows no micado_worker_infra');
    expect(bench.occopus.calls.filter((call) => call.startsWith('DELETE'))).toHaveLength(1);
  });

  test('names a VM that runs on though Occopus says that all is deleted, and ends when it is gone', async () => {
    await using bench = await startDestroyBench();
    bench.cloud.failNextDestroy();
    const first = await bench.destroy();
    expect(first.isOver).toBe(false);
    expect(first.said).toContain('Occopus says that micado_worker_infra is deleted');
    expect(first.said).toMatch(
      /node w1 \(10\.0\.0\.1, VM [\w-]+\) is still ready in the Swarm: its VM runs on/,
    );
    expect(workersOf(bench)).toEqual(['w1']);
    expect([...bench.paused]).toEqual([POOL]);
    bench.stopVm('w1');
    const second = await bench.destroy();
    expect(second.isOver).toBe(true);
    expect(workersOf(bench)).toEqual([]);
    await eventually('the pool is not paused any more', () => bench.paused.size === 0);
  });

  test.each(['error_body', 'html_500'] as const)(
    'says what is left when the deletion is answered with %s, and does it the next time',
    async (fault) => {
      await using bench = await startDestroyBench();
      bench.occopus.setFault(fault, 'DELETE');
      const first = await bench.destroy();
      expect(first.isOver).toBe(false);
      expect(first.said).toContain('no word that it is done');
      expect(first.said).toContain('Occopus still has micado_worker_infra, with 2 VMs');
      expect(workersOf(bench)).toEqual(['w1', 'w2']);
      expect((await bench.destroy()).isOver).toBe(true);
      expect(bench.cloud.running()).toEqual([]);
    },
  );

  test('takes a deletion for done whose answer was lost', async () => {
    await using bench = await startDestroyBench();
    bench.occopus.setFault('lost_answer', 'DELETE');
    expect((await bench.destroy()).isOver).toBe(true);
    expect(bench.cloud.running()).toEqual([]);
  });

  test('begins nothing while Occopus does not answer', async () => {
    await using bench = await startDestroyBench();
    bench.occopus.setFault('html_500');
    await expect(bench.destroy()).rejects.toMatchObject({ code: 'unavailable' });
    expect(bench.paused.size).toBe(0);
    expect(bench.nodeNamed('w1')?.Spec.Availability).toBe('active');
  });

  test('goes on after its time with a worker that does not become empty, and says so', async () => {
    await using bench = await startDestroyBench({ tasksStay: true });
    const { isOver, said } = await bench.destroy({ drainTimeoutMs: 1_000 });
    expect(said).toContain('w1 still has 1 tasks after 1 s');
    expect(isOver).toBe(true);
  });

  test('keeps what somebody else changed of a node in between', async () => {
    await using bench = await startDestroyBench();
    const id = bench.nodeNamed('w1')?.ID ?? '';
    const drained: unknown[] = [];
    bench.engine.state.listen(({ type }) => {
      if (type === 'node') drained.push(bench.engine.state.nodes.get(id)?.Spec);
    });
    bench.engine.before(`/nodes/${id}/update`, () =>
      bench.engine.state.changeNode(id, (node) => ({
        ...node,
        Spec: { ...node.Spec, Labels: { ...node.Spec.Labels, rack: '7' } },
      })),
    );
    expect((await bench.destroy()).isOver).toBe(true);
    expect(drained).toContainEqual(
      expect.objectContaining({ Availability: 'drain', Labels: expect.objectContaining({ rack: '7' }) }),
    );
  });

  test('leaves the nodes of another infrastructure alone whose pool has the same name', async () => {
    await using bench = await startDestroyBench({ otherTargets: ['VM/other_infra/worker'] });
    bench.engine.state.addNode({
      hostname: 'other',
      address: '10.9.9.9',
      labels: { 'micado.pool': 'worker' },
    });
    expect((await bench.destroy()).isOver).toBe(true);
    expect(workersOf(bench)).toEqual(['other']);
    expect(bench.nodeNamed('other')?.Spec.Availability).toBe('active');
  });

  test('leaves the pools paused where the executor could start their VMs anew', async () => {
    await using bench = await startDestroyBench({ kind: 'command' });
    const { isOver, said } = await bench.destroy();
    expect(isOver).toBe(true);
    expect(said).toContain(`still paused: ${POOL}`);
    expect(said).toContain('take it out of policy.yaml');
    expect([...bench.paused]).toEqual([POOL]);
  });

  test('empties the workers and says which VMs to stop where nobody here can, and ends when they are', async () => {
    await using bench = await startDestroyBench({ kind: 'none' });
    const first = await bench.destroy({ goneTimeoutMs: 0 });
    expect(first.isOver).toBe(false);
    expect(first.said).toMatch(/stop these VMs in the cloud now: w1 \(10\.0\.0\.1, VM [\w-]+\), w2 \(/);
    for (const name of ['w1', 'w2']) expect(bench.nodeNamed(name)?.Spec.Availability).toBe('drain');
    expect(bench.nodeNamed('m1')?.Spec.Availability).toBe('active');
    expect(bench.occopus.calls.filter((call) => call.startsWith('DELETE'))).toEqual([]);
    for (const name of ['w1', 'w2']) bench.stopVm(name);
    expect((await bench.destroy()).isOver).toBe(true);
    expect(workersOf(bench)).toEqual([]);
  });

  test('says that it cannot know the workers where neither a provider nor a rule tells of them', async () => {
    await using bench = await startDestroyBench({ kind: 'none', hasNoRules: true });
    const { said } = await bench.destroy();
    expect(said).toContain('no rule names a pool of micado_worker_infra: its workers cannot be told');
    expect(bench.nodeNamed('w1')?.Spec.Availability).toBe('active');
  });
});
