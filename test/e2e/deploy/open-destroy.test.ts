/** Whom `micado destroy` talks to, when it is told and when it is not. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type StackFile, writeStackFile } from '../../../deploy/adapters/stack-file.ts';
import { PART_NAMES } from '../../../deploy/core/stack-layout.ts';
import { openDestroy } from '../../../deploy/open-destroy.ts';
import { identifyProcess } from '../../../internal/daemon/process-identity.ts';
import { createCommandCloud } from '../../fakes/command-cloud.ts';
import { INFRA, startDestroyBench } from './destroy-bench.ts';

let stateDir: string;
beforeEach(() => {
  stateDir = mkdtempSync(join(tmpdir(), 'micado-open-'));
});
afterEach(() => rmSync(stateDir, { recursive: true, force: true }));

const open = (occopusUrl: string) =>
  openDestroy({
    stateDir,
    executorUrl: '',
    tokenFile: '',
    occopusUrl,
    dockerHost: '',
    dockerCertFolder: undefined,
  });

/** The file of a stack that runs: in this process. */
async function pretendToRun(provider: StackFile['provider']): Promise<void> {
  const self = identifyProcess(process.pid);
  if (self === undefined) throw new Error('/proc does not show this process');
  const part = { url: 'http://127.0.0.1:1', port: 1, logFile: '/dev/null' };
  await writeStackFile(join(stateDir, 'stack.json'), {
    stackId: 'id',
    process: self,
    startedAt: '2026-01-01T00:00:00Z',
    stateDir,
    dockerHost: 'unix:///nonexistent.sock',
    scrapeIntervalMs: 2_000,
    tokenFile: join(stateDir, 'token'),
    provider,
    parts: Object.fromEntries(PART_NAMES.map((name) => [name, part])) as Record<
      (typeof PART_NAMES)[number],
      typeof part
    >,
  });
}

describe('micado destroy', () => {
  test('wants to know where Occopus is, where no running stack knows', async () => {
    await expect(open('')).rejects.toMatchObject({
      code: 'invalid',
      message: expect.stringContaining('--occopus.url'),
    });
  });

  test('takes the Occopus of the running stack, and has its executor to pause', async () => {
    await using bench = await startDestroyBench();
    await pretendToRun({ kind: 'occopus', url: bench.occopus.url });
    const parts = await open('');
    expect(await parts.provider.read(INFRA, [])).toHaveLength(2);
    expect(parts.executor).toBeDefined();
  });

  test('takes the programs of the running stack', async () => {
    const vm = { id: 'vm-1', addresses: ['10.0.0.1'], state: 'ready' } as const;
    using cloud = createCommandCloud({ 'infra/worker': { min: 1, max: 3, target: 1, vms: [vm] } });
    const { up, down, list } = cloud;
    await pretendToRun({ kind: 'command', up, down, list, timeoutMs: 10_000 });
    const { provider } = await open('');
    expect(await provider.read('infra', ['worker'])).toMatchObject([{ id: 'vm-1', node: 'worker' }]);
  });

  test('knows of a stack that has no provider, unless it is told of an Occopus', async () => {
    await using bench = await startDestroyBench();
    await pretendToRun({ kind: 'none' });
    expect((await open('')).provider.kind).toBe('none');
    expect((await open(bench.occopus.url)).provider.kind).toBe('occopus');
  });

  test('works without a stack, and has nobody to pause then', async () => {
    await using bench = await startDestroyBench();
    const parts = await open(bench.occopus.url);
    expect(await parts.provider.read('unknown', [])).toBeUndefined();
    expect(parts.executor).toBeUndefined();
  });
});
