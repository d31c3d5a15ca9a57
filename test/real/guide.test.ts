/**
 * The guide, typed as it stands there, chapter by chapter: on a machine of its own as far as the network goes (the namespace
 * of an engine, so all ports are free), in a folder that looks like a clone. What is for one's own machine is typed at another,
 * which is there from then on.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { OPEN_PORTS } from '../../deploy/core/port-list.ts';
import { loadLocalImage } from '../../deploy/demo/local-image.ts';
import { startEngine } from '../cluster/cluster.ts';
import type { Engine } from '../cluster/engine.ts';
import { loadBusybox } from '../cluster/images.ts';
import { servedImage } from '../cluster/story/served-app.ts';
import { eventually } from '../eventually.ts';
import { type Block, missingLines, readGuideBlocks } from '../house/guide-blocks.ts';
import { ROOT } from '../house/source-files.ts';
import { aTempFolder } from '../temp-folder.ts';
import { haproxyEnvironment, haproxyProgram, loadHaproxy } from './support/haproxy-image.ts';
import { type OwnMachine, startOwnMachine } from './support/own-machine.ts';

const COMMAND_WITHIN_MS = 120_000;
const CHAPTER_WITHIN_MS = 300_000;
/** What `micado ports` says of a Swarm: no more and no less listens on the machine's own address. */
const PORTS_OF_SWARM = OPEN_PORTS.filter(({ onlyWith }) => onlyWith === 'more than one node')
  .flatMap(({ port, protocols }) => protocols.map((protocol) => `${protocol} ${port}`))
  .toSorted();

const blocks = readGuideBlocks(readFileSync(join(ROOT, 'docs/guide.md'), 'utf8'));
const clone = aTempFolder();
const tools = aTempFolder();
const background: ChildProcess[] = [];
let engine: Engine;
let own: OwnMachine | undefined;
/** Chapters build on each other. */
let isIntact = true;

beforeAll(async () => {
  for (const name of readdirSync(ROOT))
    if (!name.startsWith('.')) symlinkSync(join(ROOT, name), join(clone, name));
  const variables = Object.entries(haproxyEnvironment()).map(([name, value]) => `${name}='${value}'`);
  writeFileSync(join(tools, 'haproxy'), `#!/bin/sh\n${variables.join(' ')} exec ${haproxyProgram} "$@"\n`);
  chmodSync(join(tools, 'haproxy'), 0o755);
  engine = await startEngine();
  const [busybox, served] = await Promise.all([
    loadBusybox(engine),
    servedImage().then((image) => loadLocalImage(engine.docker, image)),
    loadHaproxy(engine),
  ]);
  await engine.docker.getImage(busybox).tag({ repo: 'busybox' });
  await engine.docker.getImage(served).tag({ repo: 'nginx' });
}, 120_000);

afterAll(async () => {
  for (const { pid } of background) if (pid !== undefined) endGroup(pid);
  await own?.stop();
  await engine.stop();
}, 60_000);

/** What was typed, and all that it started. */
function endGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}

type Typed = Pick<Block, 'text' | 'at'>;

function type({ text, at }: Typed): ChildProcess {
  const namespace = at === 'own' ? own?.namespace : engine.namespace;
  const machine = at === 'own' ? {} : { DOCKER_HOST: engine.dockerHost };
  return spawn('nsenter', [`--net=${namespace}`, 'bash', '-euo', 'pipefail', '-c', text], {
    cwd: clone,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...machine, PATH: `${tools}:${process.env['PATH'] ?? ''}` },
  });
}

/** What it printed, on both streams; fails with that where it ends with another code than 0. */
function answerTo(typed: Typed): Promise<string> {
  const child = type(typed);
  let printed = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding('utf8').on('data', (part: string) => {
      printed += part;
    });
  const deadline = setTimeout(() => endGroup(child.pid ?? 0), COMMAND_WITHIN_MS);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      clearTimeout(deadline);
      if (code === 0) resolve(printed);
      else reject(new Error(`ended with ${code}:\n${printed}`));
    });
  });
}

async function follow(block: Block): Promise<void> {
  const { how, text, at, line } = block;
  if (at === 'own') own ??= await startOwnMachine(engine, tools);
  const ask = async (shown: readonly string[]): Promise<true> => {
    const answer = await answerTo(block);
    const missing = missingLines(shown, answer);
    if (missing.length > 0) throw new Error(`not in the answer: ${missing.join(' | ')}\n${answer}`);
    return true;
  };
  switch (how.kind) {
    case 'run':
      await ask(how.answer);
      return;
    case 'until':
      await eventually(`line ${line}: ${text}`, () => ask(how.answer), { withinMs: 90_000, everyMs: 500 });
      return;
    case 'background':
      background.push(type(block));
      return;
    case 'file':
      mkdirSync(dirname(join(clone, how.path)), { recursive: true });
      writeFileSync(join(clone, how.path), `${text}\n`);
      return;
    case 'test':
    case 'untried':
      return;
  }
}

async function listenersBeyondLoopback(): Promise<readonly string[]> {
  const text = 'ss --listening --tcp --udp --numeric --no-header';
  const lines = (await answerTo({ text, at: 'master' })).trim().split('\n');
  return lines
    .map((line) => line.trim().split(/\s+/))
    .map(([protocol, , , , local = '']) => ({
      protocol,
      address: local.replace(/:\d+$/, ''),
      port: /\d+$/.exec(local)?.[0],
    }))
    .filter(({ address }) => !address.startsWith('127.') && address !== '[::1]')
    .map(({ protocol, port }) => `${protocol} ${port}`)
    .toSorted();
}

const chapters = [
  ...new Set(blocks.filter(({ how }) => how.kind !== 'untried').map(({ chapter }) => chapter)),
];

test.each(chapters)(
  'the chapter "%s" does what it says',
  async (chapter) => {
    expect({ chaptersBeforeSucceeded: isIntact }).toEqual({ chaptersBeforeSucceeded: true });
    for (const block of blocks.filter((each) => each.chapter === chapter)) {
      await follow(block).catch((error: unknown) => {
        isIntact = false;
        throw new Error(`docs/guide.md, line ${block.line}: ${String(error)}`, { cause: error });
      });
    }
    if (chapter === 'Deploy') expect(await listenersBeyondLoopback()).toEqual(PORTS_OF_SWARM);
    if (chapter === 'Delete') expect(existsSync(join(clone, '.micado'))).toBe(false);
  },
  CHAPTER_WITHIN_MS,
);
