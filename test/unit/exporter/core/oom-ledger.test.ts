import { beforeEach, describe, expect, test } from '@jest/globals';
import { createOomLedger, type OomLedger, oomOwner } from '../../../../exporter/core/oom-ledger.ts';

const WEB = { service: 'web', stack: 'shop' };
const DB = { service: 'db', stack: '' };
const MINUTES_MS = 60_000;

let ledger: OomLedger;
beforeEach(() => {
  ledger = createOomLedger();
});
const totals = (): Record<string, number> =>
  Object.fromEntries([...ledger.totals()].map(({ owner, kills }) => [owner.service, kills]));

describe('the ledger of OOM kills', () => {
  test('belongs to services: a container of none has its own counter, and no other', () => {
    expect(
      oomOwner({ 'com.docker.swarm.service.name': 'web', 'com.docker.stack.namespace': 'shop' }),
    ).toEqual(WEB);
    expect(oomOwner({ 'com.docker.swarm.service.name': 'db' })).toEqual(DB);
    ledger.started('a', oomOwner({}));
    ledger.reported('a', oomOwner({}));
    expect(totals()).toEqual({});
  });

  test('begins at zero, so that the first kill is seen as an increase', () => {
    ledger.started('a', WEB);
    expect(totals()).toEqual({ web: 0 });
  });

  test('takes the larger of what the kernel counted and what the engine reported', () => {
    ledger.started('a', WEB);
    ledger.reported('a', WEB);
    expect(totals()).toEqual({ web: 1 });
    ledger.counted('a', 1);
    expect(totals()).toEqual({ web: 1 });
    ledger.counted('a', 4);
    ledger.counted('a', 3);
    ledger.counted('a', Number.NaN);
    expect(totals()).toEqual({ web: 4 });
  });

  test('adds up the containers of a service, those that have ended too', () => {
    for (const id of ['a', 'b']) {
      ledger.started(id, WEB);
      ledger.reported(id, WEB);
      ledger.ended(id);
    }
    ledger.started('c', WEB);
    expect(totals()).toEqual({ web: 2 });
  });

  test('goes on when the same container is started again and the kernel counts from zero', () => {
    ledger.started('a', DB);
    ledger.counted('a', 2);
    ledger.ended('a');
    ledger.started('a', DB);
    expect(totals()).toEqual({ db: 2 });
    ledger.counted('a', 1);
    expect(totals()).toEqual({ db: 3 });
  });

  test('takes a report that comes after the end, or of a container that was never seen', () => {
    ledger.started('a', WEB);
    ledger.ended('a');
    ledger.reported('a', WEB);
    ledger.reported('never', DB);
    expect(totals()).toEqual({ web: 1, db: 1 });
  });

  test('is kept for ten minutes after the last container, and then forgotten', () => {
    ledger.started('a', WEB);
    ledger.reported('a', WEB);
    ledger.started('b', DB);
    ledger.ended('a');
    ledger.tidy(0);
    ledger.tidy(10 * MINUTES_MS - 1);
    expect(totals()).toEqual({ web: 1, db: 0 });
    ledger.tidy(10 * MINUTES_MS);
    expect(totals()).toEqual({ db: 0 });
  });

  test('leaves nothing behind of a service without kills', () => {
    ledger.started('a', WEB);
    ledger.started('b', WEB);
    ledger.ended('a');
    expect(totals()).toEqual({ web: 0 });
    ledger.ended('b');
    expect(totals()).toEqual({});
  });

  test('keeps the kills of earlier containers while the service has others', () => {
    ledger.started('a', WEB);
    ledger.reported('a', WEB);
    ledger.ended('a');
    ledger.started('b', WEB);
    for (let minute = 0; minute < 60; minute += 1) ledger.tidy(minute * MINUTES_MS);
    expect(totals()).toEqual({ web: 1 });
  });
});
