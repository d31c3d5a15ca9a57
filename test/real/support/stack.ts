/** A whole stack, started as users start it (`micado up`), on an engine of the test's own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Engine } from '../../cluster/engine.ts';
import { eventually } from '../../eventually.ts';
import { freePorts } from './free-ports.ts';

export const PARTS = ['prometheus', 'alertmanager', 'rulegen', 'exporter', 'executor'] as const;
export type Part = (typeof PARTS)[number];

export type Stack = AsyncDisposable & {
  readonly stateDir: string;
  readonly rulesDir: string;
  readonly url: Readonly<Record<Part, string>>;
  readonly token: string;
  /** What `micado up` has printed so far. */
  output(): string;
  /** The part's process id now; another one after a restart. */
  pidOf(part: Part): number;
  /** kill -9; the supervisor starts it again. */
  kill(part: Part): void;
  /** SIGTERM to `micado up`; resolves with its exit code. */
  stop(): Promise<number>;
};

const ROOT = new URL('../../../', import.meta.url).pathname;
const READY_WITHIN_MS = 60_000;

export type StackOptions = {
  readonly stateDir?: string;
  readonly flags?: readonly string[];
  /** Variables that the parts inherit, beside those of the test. */
  readonly env?: Readonly<Record<string, string>>;
};

export async function startStack(engine: Engine, options: StackOptions = {}): Promise<Stack> {
  const stateDir = options.stateDir ?? mkdtempSync(join(tmpdir(), 'micado-state-'));
  const ports = await freePorts(PARTS.length);
  const flags = [
    `--state.dir=${stateDir}`,
    `--docker.host=${engine.dockerHost}`,
    ...PARTS.map((part, index) => `--${part}.port=${ports[index]}`),
    ...(options.flags ?? []),
  ];
  const child = spawn(process.execPath, ['deploy/micado.mjs', 'up', ...flags], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...options.env },
  });
  let printed = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      printed += text;
    });
  const ended = new Promise<number>((resolve) => {
    child.on('exit', (code) => resolve(code ?? -1));
  });
  const description = () => JSON.parse(readFileSync(join(stateDir, 'stack.json'), 'utf8')) as StackFile;
  await waitUntilReady(child, () => printed, description);
  const pidOf = (part: Part): number => description().parts[part].pid ?? 0;
  const stop = async (): Promise<number> => {
    child.kill('SIGTERM');
    return await ended;
  };
  return {
    stateDir,
    rulesDir: join(stateDir, 'rules'),
    url: Object.fromEntries(PARTS.map((part, index) => [part, `http://127.0.0.1:${ports[index]}`])) as Record<
      Part,
      string
    >,
    token: readFileSync(join(stateDir, 'executor.token'), 'utf8').trim(),
    output: () => printed,
    pidOf,
    kill: (part) => {
      process.kill(pidOf(part), 'SIGKILL');
    },
    stop,
    async [Symbol.asyncDispose]() {
      await stop();
      if (options.stateDir === undefined) rmSync(stateDir, { recursive: true, force: true });
    },
  };
}

/** What `micado up` writes when all parts are ready. */
type StackFile = { readonly parts: Readonly<Record<Part, { readonly url: string; readonly pid?: number }>> };

async function waitUntilReady(
  child: ChildProcess,
  printed: () => string,
  description: () => StackFile,
): Promise<void> {
  try {
    await eventually(
      'the stack is ready',
      () => {
        if (child.exitCode !== null) return 'ended';
        return Object.keys(description().parts).length === PARTS.length && 'ready';
      },
      { withinMs: READY_WITHIN_MS, everyMs: 200 },
    );
  } catch (error) {
    child.kill('SIGKILL');
    throw new Error(`${String(error)}\n${printed()}`, { cause: error });
  }
  if (child.exitCode !== null) throw new Error(`micado up ended with ${child.exitCode}:\n${printed()}`);
}
