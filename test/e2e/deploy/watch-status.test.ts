/** `micado status --watch` over a whole executor that goes away and comes back. */
import { describe, expect, test } from '@jest/globals';
import { createExecutorApi } from '../../../deploy/adapters/executor-api.ts';
import { describeStatus } from '../../../deploy/core/describe-status.ts';
import type { Look } from '../../../deploy/core/look.ts';
import { readStackStatus } from '../../../deploy/status.ts';
import { watchStatus } from '../../../deploy/watch-status.ts';
import { AppError } from '../../../internal/daemon/app-error.ts';
import { eventually } from '../../eventually.ts';
import { createManualClock } from '../../fakes/manual-clock.ts';
import { createMemoryTerminal } from '../../fakes/memory-terminal.ts';
import { setStage } from '../executor/start-executor.ts';

const aService = { name: 'web', state: 'scaled', reason: '', min: 1, max: 5 };

function watch(
  read: (look: Look) => Promise<string>,
  { json = false, ...paper }: Parameters<typeof createMemoryTerminal>[0] & { json?: boolean } = {},
) {
  const terminal = createMemoryTerminal(paper);
  const clock = createManualClock();
  const stop = new AbortController();
  const ended = watchStatus({ read, json }, { terminal, clock, signal: stop.signal });
  return { terminal, clock, ended, interrupt: () => stop.abort() };
}

describe('micado status --watch', () => {
  test('shows an outage of the executor and its end, and ends by the signal', async () => {
    await using stage = await setStage();
    stage.docker.state.createService({ name: 'web', replicas: 3 });
    let executor = await stage.startExecutor();
    const read = async (look: Look) => {
      const api = createExecutorApi({ url: executor.url, tokenFile: '' });
      return describeStatus(await readStackStatus(api, async () => [aService], '/s'), look, 0);
    };
    const { terminal, clock, ended, interrupt } = watch(read);
    const shown = /web +scaled +3 +3 +1 +5/;
    const since = (from: number): string => terminal.text().slice(from);
    await eventually('the service is shown', () => shown.test(terminal.text()));
    await executor[Symbol.asyncDispose]();
    let seen = terminal.text().length;
    await eventually('the outage is shown', async () => {
      await clock.advance(2_000);
      return since(seen).includes('!! GET http://127.0.0.1:');
    });
    executor = await stage.startExecutor();
    seen = terminal.text().length;
    await eventually('the service is shown again', async () => {
      await clock.advance(2_000);
      return shown.test(since(seen));
    });
    interrupt();
    await ended;
    await executor[Symbol.asyncDispose]();
  }, 30_000);

  test('draws over what it drew before, and no more than the screen holds', async () => {
    const lines = Array.from({ length: 30 }, (_, index) => `line ${index}\n`).join('');
    const { terminal, clock, ended, interrupt } = watch(async () => lines, {
      isInteractive: true,
      height: 10,
    });
    await eventually('it is drawn', () => terminal.text().includes('line 7'));
    const first = terminal.text();
    expect(first.startsWith('\u001b[2J\u001b[Hline 0\u001b[K\n')).toBe(true);
    expect(first.split('\n')).toHaveLength(10);
    expect(first).toContain('line 7\u001b[K\n… 22 more lines\u001b[K\n\u001b[J');
    await eventually('it is drawn again', async () => {
      await clock.advance(2_000);
      return terminal.text().length > first.length;
    });
    expect(terminal.text().slice(first.length).startsWith('\u001b[Hline 0')).toBe(true);
    interrupt();
    await ended;
  });

  test('prints one JSON object a line, an outage too', async () => {
    let isAway = false;
    const read = async (): Promise<string> => {
      if (isAway) throw new AppError('unavailable', 'no answer');
      return '{"pools":[]}\n';
    };
    const { terminal, clock, ended, interrupt } = watch(read, { json: true });
    await eventually('the first', () => terminal.text() === '{"pools":[]}\n');
    isAway = true;
    await eventually('the outage', async () => {
      await clock.advance(2_000);
      return terminal.text().endsWith('{"error":"no answer"}\n');
    });
    interrupt();
    await ended;
  });

  test('fails at once where no stack runs, and with what is a defect', async () => {
    const noStack = watch(async () => Promise.reject(new AppError('not_found', 'no stack runs in /s')));
    await expect(noStack.ended).rejects.toThrow('no stack runs');
    const defect = watch(async () => Promise.reject(new TypeError('of undefined')));
    await expect(defect.ended).rejects.toThrow(TypeError);
  });
});
