import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { listSwarmServices } from '../../../internal/docker/swarm-service.ts';
import { startEngine } from '../../cluster/cluster.ts';
import type { Engine } from '../../cluster/engine.ts';
import { loadBusybox } from '../../cluster/images.ts';
import { eventually } from '../../eventually.ts';

const ROOT = new URL('../../../', import.meta.url).pathname;
const PARTS = ['prometheus', 'alertmanager', 'rulegen', 'exporter', 'executor'];
const WITHIN_MS = 300_000;

const resultSchema = z.strictObject({
  ok: z.boolean(),
  events: z.array(z.strictObject({ t_s: z.number(), event: z.string(), detail: z.string() })),
  seconds: z.strictObject({
    create_to_rules_loaded: z.number(),
    overload_to_decision: z.number(),
    overload_to_replica_running: z.number(),
    idle_to_min: z.number(),
    remove_to_rules_gone: z.number(),
  }),
  replicas_max: z.number(),
});

describe('micado demo', () => {
  let engine: Engine;
  let stateDir: string;
  beforeEach(async () => {
    engine = await startEngine();
    stateDir = await mkdtemp(join(tmpdir(), 'micado-demo-'));
  }, WITHIN_MS);
  afterEach(async () => {
    await engine.stop();
    await rm(stateDir, { recursive: true, force: true });
  }, WITHIN_MS);

  function startDemo(): { child: ChildProcess; ended: Promise<number>; printed(): string } {
    const flags = [
      `--state.dir=${stateDir}`,
      `--docker.host=${engine.dockerHost}`,
      `--work.listen-host=${engine.hostAddress}`,
      `--bin.dir=${process.env['MICADO_TEST_BIN'] ?? ''}`,
      ...PARTS.map((part) => `--${part}.port=0`),
    ].filter((flag) => !flag.endsWith('='));
    const child = spawn(process.execPath, ['deploy/micado.mjs', 'demo', '--json', ...flags], {
      cwd: ROOT,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let text = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (part: string) => {
        text += part;
      });
    const ended = once(child, 'close').then(([code]) => (typeof code === 'number' ? code : -1));
    return { child, ended, printed: () => text };
  }

  const listServices = async (): Promise<readonly string[]> =>
    (await listSwarmServices(engine.docker)).map(({ name }) => name);

  async function createSleeper(name: string): Promise<void> {
    const image = await loadBusybox(engine);
    await engine.docker.createService({ Name: name, TaskTemplate: { ContainerSpec: { Image: image } } });
  }

  test(
    'starts a stack, closes the loop as fast as promised, and leaves nothing',
    async () => {
      const demo = startDemo();
      if ((await demo.ended) !== 0) throw new Error(demo.printed());
      const lines = demo.printed().trimEnd().split('\n');
      const result = resultSchema.parse(JSON.parse(lines.at(-1) ?? ''));
      expect(result.ok).toBe(true);
      expect(result.replicas_max).toBeGreaterThanOrEqual(2);
      expect(result.seconds.create_to_rules_loaded).toBeLessThanOrEqual(2);
      expect(result.seconds.overload_to_replica_running).toBeLessThanOrEqual(15);
      expect(result.seconds.remove_to_rules_gone).toBeLessThanOrEqual(2);
      expect(await listServices()).toEqual([]);
    },
    WITHIN_MS,
  );

  test(
    'asks for scaling where services are left alone, and removes its service when it is interrupted',
    async () => {
      await createSleeper('not-ours');
      await createSleeper('micado-demo-dead');
      const demo = startDemo();
      const [service] = await eventually(
        'the service is there, and what a killed demo left is not',
        async () => {
          const ours = (await listSwarmServices(engine.docker)).filter(({ name }) => name !== 'not-ours');
          return ours.length === 1 && ours[0]?.name !== 'micado-demo-dead' ? ours : undefined;
        },
        { withinMs: 60_000 },
      );
      expect(service?.labels).toMatchObject({ 'micado.scale': 'true', 'micado.scaledown.for': '5s' });
      expect(
        Object.keys(service?.labels ?? {}).filter((label) => label.startsWith('micado.scaleup')),
      ).toEqual([]);
      demo.child.kill('SIGINT');
      expect(await demo.ended).toBe(1);
      expect(demo.printed()).toContain('interrupted');
      expect(await listServices()).toEqual(['not-ours']);
    },
    WITHIN_MS,
  );
});
