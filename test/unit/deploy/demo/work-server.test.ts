import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { UNIT_TICKS } from '../../../../deploy/demo/core/work-budget.ts';
import { createWorkServer, type WorkServer } from '../../../../deploy/demo/work-server.ts';
import { eventually } from '../../../eventually.ts';
import { createManualClock, type ManualClock } from '../../../fakes/manual-clock.ts';

describe('the work server', () => {
  let clock: ManualClock;
  let server: WorkServer;
  const answers: string[] = [];

  beforeEach(async () => {
    clock = createManualClock();
    answers.length = 0;
    server = await createWorkServer({ listenHost: '127.0.0.1', port: 0, clock });
  });
  afterEach(() => server.stop());

  /** A replica's pull, which is known to have arrived. */
  async function pull(replica: string): Promise<void> {
    const before = server.waiting();
    void fetch(server.url).then(
      async (response) => answers.push(`${replica} ${(await response.text()).trim()}`),
      () => answers.push(`${replica} cut off`),
    );
    await eventually('the pull has arrived', () => server.waiting() === before + 1);
  }

  test('lets pulls wait while there is no load, and gives them an empty unit in the end', async () => {
    await pull('a');
    await clock.advance(9_999);
    expect(answers).toEqual([]);
    await clock.advance(1);
    await eventually('it is answered', () => answers.length === 1);
    expect(answers).toEqual(['a 0']);
  });

  test('gives each unit to the replica that waits longest', async () => {
    await pull('a');
    await pull('b');
    server.setLoad(0.5);
    await clock.advance(100);
    await eventually('the first is answered', () => answers.length === 1);
    expect(server.waiting()).toBe(1);
    await clock.advance(100);
    await eventually('the second is answered', () => answers.length === 2);
    expect(answers).toEqual([`a ${UNIT_TICKS}`, `b ${UNIT_TICKS}`]);
  });

  test('stops handing out when the load ends', async () => {
    server.setLoad(1);
    await clock.advance(500);
    server.setLoad(0);
    await pull('a');
    await clock.advance(5_000);
    expect(answers).toEqual([]);
  });

  test('gives no unit to a replica that has gone', async () => {
    const gone = new AbortController();
    const pulling = fetch(server.url, { signal: gone.signal }).catch(() => 'gone');
    await eventually('the pull has arrived', () => server.waiting() === 1);
    gone.abort();
    await pulling;
    await eventually('it waits no longer', () => server.waiting() === 0);
  });

  test('ends the pulls that wait when it stops', async () => {
    await pull('a');
    await server.stop();
    await eventually('the pull has ended', () => answers.length === 1);
    expect(answers).toEqual(['a cut off']);
  });

  test('knows nothing but work', async () => {
    const elsewhere = await fetch(server.url.replace('/work', '/'));
    const posted = await fetch(server.url, { method: 'POST' });
    expect([elsewhere.status, posted.status]).toEqual([404, 404]);
  });
});
