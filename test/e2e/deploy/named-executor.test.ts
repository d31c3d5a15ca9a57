/** As on a cloud's master: the executor runs in a container, no state folder knows of it, and the commands are told where it is. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createCommandRunner } from '../../../deploy/adapters/command-runner.ts';
import { createTerminalReporter } from '../../../deploy/adapters/terminal-reporter.ts';
import { listCommands } from '../../../deploy/command-list.ts';
import { runCommand } from '../../../deploy/commands.ts';
import { systemClock } from '../../../internal/daemon/clock.ts';
import { eventually } from '../../eventually.ts';
import { startAlertingPrometheus } from '../../fakes/alerting-prometheus.ts';
import { startAlertmanagerServer } from '../../fakes/alertmanager-server.ts';
import { createMemoryTerminal } from '../../fakes/memory-terminal.ts';
import { ROOT } from '../../house/source-files.ts';
import { poolAlertLabels, startRunningExecutor, writeWebConfig } from '../executor/start-executor.ts';
import { startRulegenBench } from '../rulegen/rulegen-bench.ts';
import { type DestroyBench, INFRA, POOL, startDestroyBench } from './destroy-bench.ts';

const PATIENCE_MS = 60_000;

let folder: string;
let tokenFile: string;
let webConfigFile: string;
let bench: DestroyBench;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'micado-named-'));
  tokenFile = join(folder, 'token');
  webConfigFile = await writeWebConfig(folder);
  bench = await startDestroyBench({ tasksStay: true });
});
afterEach(async () => {
  await bench[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

async function startPoolExecutor() {
  const [prometheus, alertmanager] = await Promise.all([
    startAlertingPrometheus(),
    startAlertmanagerServer(),
  ]);
  const labels = poolAlertLabels({ infraId: INFRA, node: 'worker' }, 'overloaded');
  const annotations = { min: '2', max: '3', step: '1', cooldown: '0s', threshold: '60' };
  prometheus.setRules([{ labels, annotations }]);
  const executor = await startRunningExecutor([
    '--web.listen-address=127.0.0.1:0',
    `--web.config.file=${webConfigFile}`,
    `--docker.host=${bench.engine.address}`,
    `--prometheus.url=${prometheus.url}`,
    `--alertmanager.url=${alertmanager.url}`,
    `--journal.file=${join(folder, 'decisions.jsonl')}`,
    `--occopus.url=${bench.occopus.url}`,
    '--node-provider=occopus',
    '--poll.interval=500ms',
    '--worker.poll=20ms',
  ]);
  return {
    ...executor,
    knowsThePool: () =>
      eventually('the pool is known', async () =>
        (await (await executor.get('/api/v1/targets')).text()).includes(POOL),
      ),
    async [Symbol.asyncDispose]() {
      await executor[Symbol.asyncDispose]();
      await prometheus[Symbol.asyncDispose]();
      await alertmanager[Symbol.asyncDispose]();
    },
  };
}

/** In a folder without a stack. */
async function micado(...argv: readonly string[]) {
  const terminal = createMemoryTerminal({ width: 200 });
  const signal = new AbortController().signal;
  let printed = '';
  const print = (text: string): void => {
    printed += text;
  };
  const commands = listCommands({
    certFolder: undefined,
    terminal: () => terminal,
    stdout: print,
    surroundings: () => ({
      env: {},
      runner: createCommandRunner({ env: {}, userId: 0, isInteractive: false, signal }),
      reporter: createTerminalReporter(print),
      clock: systemClock,
      signal,
      groupId: 0,
      rootFolder: ROOT,
      distFolder: `${ROOT}/dist`,
      templatesFolder: `${ROOT}/templates`,
    }),
  });
  const exitCode = await runCommand(commands, {
    argv: [...argv, `--state.dir=${join(folder, 'none')}`],
    env: {},
    stdout: print,
    stderr: print,
  });
  return { exitCode, printed: printed + terminal.text() };
}

const destroy = (...flags: readonly string[]) =>
  micado(
    'destroy',
    INFRA,
    `--occopus.url=${bench.occopus.url}`,
    `--docker.host=${bench.engine.address}`,
    ...flags,
  );

describe('an executor that is named', () => {
  test(
    'is paused while its infrastructure is destroyed, and goes on afterwards',
    async () => {
      await using executor = await startPoolExecutor();
      await executor.knowsThePool();
      const isPaused = async (): Promise<boolean> =>
        (await (await executor.get('/api/v1/status')).text()).includes('"micado destroy"');
      const ended = destroy(`--executor.url=${executor.url}`, `--executor.token-file=${tokenFile}`);
      await eventually('a worker is drained', () => bench.nodeNamed('w1')?.Spec.Availability === 'drain');
      expect(await isPaused()).toBe(true);
      bench.engine.state.tasks.clear();
      const { exitCode, printed } = await ended;
      expect(printed).toContain(`${POOL}, until nothing is left`);
      expect(printed).toContain(`nothing is left of ${INFRA}`);
      expect(exitCode).toBe(0);
      expect(await isPaused()).toBe(false);
    },
    PATIENCE_MS,
  );

  test('is not destroyed under without its token', async () => {
    const named = await destroy('--executor.url=http://127.0.0.1:1');
    expect(named).toMatchObject({ exitCode: 1, printed: expect.stringContaining('--executor.token-file') });
    const gone = await destroy('--executor.url=http://127.0.0.1:1', `--executor.token-file=${folder}/none`);
    expect(gone).toMatchObject({ exitCode: 1, printed: expect.stringContaining('the executor’s token') });
    expect(bench.nodeNamed('w1')?.Spec.Availability).toBe('active');
  });

  test(
    'is asked by status, why and decisions',
    async () => {
      await using executor = await startPoolExecutor();
      await using rulegen = await startRulegenBench({
        before: ({ engine }) => {
          engine.state.createService({ name: 'web', labels: { 'micado.max': '6' } });
        },
      });
      await executor.knowsThePool();
      const flag = `--executor.url=${executor.url}`;
      const status = await eventually('rulegen has judged', async () => {
        const { printed } = await micado('status', flag, `--rulegen.url=${rulegen.url}`);
        return /^web +scaled/m.test(printed) && printed;
      });
      expect(status).toMatch(/^micado_worker_infra\/worker +2 +3 +2 +2 /m);
      expect((await micado('why', POOL, flag)).printed).toMatch(/^VM\/micado_worker_infra\/worker\nnow /);
      expect((await micado('decisions', flag)).exitCode).toBe(0);
    },
    PATIENCE_MS,
  );
});

test('where none is named, and no stack runs, that is said', async () => {
  expect(await micado('status')).toMatchObject({
    exitCode: 1,
    printed: expect.stringContaining('--executor.url'),
  });
  bench.engine.state.tasks.clear();
  const { printed } = await destroy();
  expect(printed).toContain('no executor is known here; one elsewhere is named by --executor.url');
});
