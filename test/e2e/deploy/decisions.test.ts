/** `micado decisions` over a whole executor, which is restarted while somebody follows. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type DecisionsOptions, runDecisions, showDecisions } from '../../../deploy/decisions.ts';
import { systemClock } from '../../../internal/daemon/clock.ts';
import { eventually } from '../../eventually.ts';
import { createMemoryTerminal } from '../../fakes/memory-terminal.ts';
import { alertLabels, type RunningExecutor, type Stage, setStage } from '../executor/start-executor.ts';

let stage: Stage;
beforeEach(async () => {
  stage = await setStage();
  for (const name of ['web', 'api']) stage.docker.state.createService({ name });
});
afterEach(async () => {
  await stage[Symbol.asyncDispose]();
});

/** A restart, and a back-off of some seconds, on a machine that has other things to do. */
const PATIENCE_MS = 30_000;

const ALL: DecisionsOptions = { target: '', limit: 20, follow: false, json: false };
const fire = (...names: readonly string[]): void =>
  stage.prometheus.setAlerts(names.map((name) => ({ labels: alertLabels(name) })));

/** Fires the alerts, and waits until the last of them is decided upon. */
async function decide(executor: RunningExecutor, ...names: readonly string[]): Promise<void> {
  fire(...names);
  await executor.post('/-/reload', '');
  await eventually('all are decided', async () => {
    const found = await Promise.all(names.map((name) => executor.decisions(`docker/${name}`)));
    return found.every((decisions) => decisions.length > 0);
  });
}

function show(findExecutor: () => string, options: Partial<DecisionsOptions> = {}) {
  const terminal = createMemoryTerminal();
  const stop = new AbortController();
  let complaints = '';
  const stderr = (text: string): void => {
    complaints += text;
  };
  const around = { clock: systemClock, signal: stop.signal, terminal, stderr };
  const ended = showDecisions(
    async () => ({ url: findExecutor(), tokenFile: '' }),
    { ...ALL, ...options },
    around,
  );
  return { terminal, ended, complaints: () => complaints, interrupt: () => stop.abort() };
}

/** As the executor tells them, oldest first. */
async function idsOf(executor: RunningExecutor): Promise<readonly unknown[]> {
  const { decisions } = await executor.getJson<{ decisions: readonly { id: number }[] }>('/api/v1/decisions');
  return decisions.map(({ id }) => id).toReversed();
}
const idsIn = (lines: string): readonly unknown[] =>
  lines
    .trim()
    .split('\n')
    .map((line) => (JSON.parse(line) as { id: number }).id);

describe('micado decisions', () => {
  test(
    'lists the last ones, oldest first, and ends',
    async () => {
      await using executor = await stage.startExecutor();
      await decide(executor, 'web', 'api');
      const { terminal, ended } = show(() => executor.url);
      await ended;
      expect(terminal.text()).toMatch(/^\S+ \S+Z {2}docker\/(web|api) +scale overloaded 1 → 2 +\S/m);
      const lines = show(() => executor.url, { json: true, limit: 1 });
      await lines.ended;
      const ids = idsIn(lines.terminal.text());
      expect(ids).toHaveLength(1);
      expect(await idsOf(executor)).toContain(ids[0]);
    },
    PATIENCE_MS,
  );

  test(
    'lists those about one service, and says so where there are none',
    async () => {
      await using executor = await stage.startExecutor();
      await decide(executor, 'web');
      const ofWeb = show(() => executor.url, { target: 'web' });
      await ofWeb.ended;
      expect(ofWeb.terminal.text()).toContain('docker/web');
      const ofApi = show(() => executor.url, { target: 'docker/api' });
      await ofApi.ended;
      expect([ofApi.terminal.text(), ofApi.complaints()]).toEqual([
        '',
        'nothing was decided yet about docker/api\n',
      ]);
    },
    PATIENCE_MS,
  );

  test(
    'follows across a restart of the executor: each decision once, and what was missed first',
    async () => {
      let executor = await stage.startExecutor();
      await decide(executor, 'web');
      const { terminal, ended, complaints, interrupt } = show(() => executor.url, {
        follow: true,
        json: true,
      });
      await eventually('the last ones are shown', () => terminal.text() !== '');
      await decide(executor, 'web', 'api');
      await eventually('what was decided since is shown', () => terminal.text().includes('"docker/api"'));
      await executor[Symbol.asyncDispose]();
      await eventually('the outage is said', () => complaints().includes('; trying again\n'));
      executor = await stage.startExecutor();
      stage.prometheus.setAlerts([]);
      await executor.post('/-/reload', '');
      await eventually('the end of it is said', () => complaints().includes('!! the executor is back\n'));
      await eventually('nothing is missing', async () => {
        const [shown, told] = [idsIn(terminal.text()), await idsOf(executor)];
        expect(shown).toEqual(told);
        return true;
      });
      interrupt();
      await ended;
      await executor[Symbol.asyncDispose]();
    },
    PATIENCE_MS,
  );

  test(
    'ends when nobody reads any more',
    async () => {
      await using executor = await stage.startExecutor();
      await decide(executor, 'web');
      const { terminal, ended } = show(() => executor.url, { follow: true });
      await eventually('the last ones are shown', () => terminal.text() !== '');
      terminal.close();
      await ended;
    },
    PATIENCE_MS,
  );

  test('fails where no stack runs', async () => {
    const around = { clock: systemClock, signal: new AbortController().signal, stderr: () => {} };
    const run = runDecisions(
      { ...ALL, stateDir: '/nonexistent', executorUrl: '', tokenFile: '' },
      { ...around, terminal: createMemoryTerminal() },
    );
    await expect(run).rejects.toMatchObject({ code: 'not_found' });
  });
});
