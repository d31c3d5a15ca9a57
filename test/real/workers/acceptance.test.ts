/** MiCADO's testing chapter, as `micado demo --cluster` plays it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { STEPS } from '../../cluster/demo/core/steps.ts';
import { isRunning, type ProcessIdentity } from '../../cluster/processes.ts';
import { PROJECT_ROOT } from '../../cluster/project-root.ts';
import { eventually } from '../../eventually.ts';

const WITHIN_MS = 400_000;

const resultSchema = z.strictObject({
  ok: z.boolean(),
  events: z.array(z.strictObject({ t_s: z.number(), event: z.string(), detail: z.string() })),
  seconds: z.strictObject({
    pending_to_vm_requested: z.number(),
    vm_ready_to_first_task: z.number(),
    idle_to_min_workers: z.number(),
  }),
  requests_lost: z.number(),
});

type Demo = { readonly child: ChildProcess; readonly ended: Promise<number>; printed(): string };

function startDemo(): Demo {
  const bin = `--bin.dir=${process.env['MICADO_TEST_BIN'] ?? ''}`;
  const flags = ['demo', '--cluster', '--json', bin].filter((flag) => !flag.endsWith('='));
  const child = spawn(process.execPath, ['deploy/micado.mjs', ...flags], {
    cwd: PROJECT_ROOT,
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

/** Segments of the harness whose owner is not alive any more: what a demo has left. */
async function leftSegments(): Promise<readonly string[]> {
  const base = join(tmpdir(), 'micado-cluster');
  const left: string[] = [];
  for (const name of await readdir(base)) {
    const owner = await readFile(join(base, name, 'owner.json'), 'utf8').catch(() => undefined);
    if (owner !== undefined && !(await isRunning(JSON.parse(owner) as ProcessIdentity))) left.push(name);
  }
  return left;
}

describe('the acceptance story', () => {
  test(
    'grows with its load, shrinks without it, loses no request, and leaves nothing',
    async () => {
      const demo = startDemo();
      if ((await demo.ended) !== 0) throw new Error(demo.printed());
      const result = resultSchema.parse(JSON.parse(demo.printed().trimEnd().split('\n').at(-1) ?? ''));
      expect(result.ok).toBe(true);
      expect(result.requests_lost).toBe(0);
      const names = result.events.map(({ event }) => event);
      expect(STEPS.map(({ event }) => event).filter((event) => !names.includes(event))).toEqual([]);
      // Two more than min came, so two were drained; the rest by `micado destroy`.
      expect(names.filter((event) => event === 'worker_left')).toHaveLength(4);
      expect(result.seconds.pending_to_vm_requested).toBeLessThanOrEqual(10);
      expect(result.seconds.vm_ready_to_first_task).toBeLessThanOrEqual(5);
      expect(await leftSegments()).toEqual([]);
    },
    WITHIN_MS,
  );

  test(
    'leaves nothing when it is interrupted',
    async () => {
      const demo = startDemo();
      await eventually('the story has begun', () => demo.printed().includes('started: '), {
        withinMs: 60_000,
      });
      demo.child.kill('SIGINT');
      expect(await demo.ended).toBe(1);
      expect(demo.printed()).toContain('interrupted');
      expect(await leftSegments()).toEqual([]);
    },
    WITHIN_MS,
  );
});
