/** What a service goes through while the executor is killed, or a part of the stack is at fault: one replica more, once. */
import { appendFileSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { callHttp } from '../../../../internal/daemon/http-client.ts';
import { eventually } from '../../../eventually.ts';
import { decisionsOf, type JournalledDecision } from '../../support/apis.ts';
import { createService, replicasOf, updateService } from '../../support/services.ts';
import { WIRE_MANNERS } from '../../support/tcp-proxy.ts';
import { FAULTY_PARTS, type FaultStage, openFaultStage } from './fault-stage.ts';

const MOMENTS = ['before', 'after'] as const;
const SCALE = /^POST [^ ]*\/services\/[^ ]+\/update/;
const PAUSE = /^POST \/api\/v1\/pause/;
const CASES = FAULTY_PARTS.flatMap((part) => WIRE_MANNERS.map((manner) => [part, manner] as const));
const SERVICES = [
  ...MOMENTS.flatMap((moment) => [`scale-${moment}`, `pause-${moment}`]),
  'journal',
  ...CASES.map(([part, manner]) => `${part}-${manner}`),
];

let stage: FaultStage;
beforeAll(async () => {
  stage = await openFaultStage(SERVICES);
}, 120_000);
afterAll(async () => {
  await stage?.[Symbol.asyncDispose]();
}, 60_000);

const create = (name: string): Promise<string> => createService(stage.engine, { name, image: stage.image });
const decisions = (name: string): Promise<readonly JournalledDecision[]> =>
  decisionsOf(stage.executor().url, `docker/${name}`);

/** Held for the cool-down is only what has been looked at after the action. */
async function expectOneMore(name: string): Promise<void> {
  await eventually(
    `${name} has grown, and was looked at again`,
    async () => (await decisions(name))[0]?.reason === 'cooldown',
    { withinMs: 30_000 },
  );
  expect(await replicasOf(stage.engine, name)).toBe(2);
  expect((await decisions(name)).filter(({ kind }) => kind === 'scale').length).toBeLessThanOrEqual(1);
}

/** The promise of the kill, made before what leads to it. */
function killAt(proxy: FaultStage['front'], request: RegExp, moment: 'before' | 'after'): Promise<void> {
  return new Promise((resolve) => {
    proxy.cutNext(request, moment, async () => {
      stage.kill();
      resolve();
    });
  });
}

describe('kill -9', () => {
  test.each(MOMENTS)(
    '%s the engine has the new replicas',
    async (moment) => {
      const killed = killAt(stage.proxies.docker, SCALE, moment);
      await create(`scale-${moment}`);
      await killed;
      expect(await replicasOf(stage.engine, `scale-${moment}`)).toBe(moment === 'before' ? 1 : 2);
      await stage.restart();
      await expectOneMore(`scale-${moment}`);
    },
    60_000,
  );

  test('while a decision is written: the torn line is skipped, and all others are there', async () => {
    await create('journal');
    const isWritten = (): boolean => /"target":"docker\/journal","kind":"scale"/.test(readJournal());
    await eventually('the decision is written', isWritten, { withinMs: 30_000, everyMs: 2 });
    stage.kill();
    appendFileSync(stage.journalFile, '{"id":999999,"time":"2026-01-');
    const lines = readJournal().split('\n').length;
    await stage.restart();
    await expectOneMore('journal');
    expect((await decisions('journal')).map(({ kind }) => kind)).toContain('scale');
    // Its cool-down may have been written before the kill, and is not written twice: this is news.
    await updateService(stage.engine, 'journal', { labels: { 'micado.scale': 'false' } });
    await eventually('it is let be', async () => (await decisions('journal'))[0]?.reason === 'opted_out');
    expect(readJournal().split('\n').length).toBeGreaterThan(lines);
  }, 60_000);

  test.each(MOMENTS)(
    '%s a pause is kept: what was answered holds, and what was not can be asked again',
    async (moment) => {
      const target = `docker/pause-${moment}`;
      const killed = killAt(stage.front, PAUSE, moment);
      await expect(stage.post('/api/v1/pause', { target })).rejects.toThrow();
      await killed;
      await stage.restart();
      if (moment === 'before') expect(await stage.post('/api/v1/pause', { target })).toBe(200);
      await create(`pause-${moment}`);
      await eventually(
        'it is held',
        async () => (await decisions(`pause-${moment}`))[0]?.reason === 'paused',
      );
      expect(await replicasOf(stage.engine, `pause-${moment}`)).toBe(1);
    },
    60_000,
  );
});

describe('a part at fault', () => {
  test.each(CASES)(
    '%s, %s: is named, and the service grows once it may',
    async (part, manner) => {
      const name = `${part}-${manner}`;
      const proxy = stage.proxies[part];
      proxy.setManner(manner);
      try {
        await create(name);
        if (manner === 'slow') await expectOneMore(name);
        else await eventually('it is said to be away', () => isNamed(part), { withinMs: 30_000 });
        // Without Alertmanager what it said last counts, upwards.
        if (manner !== 'slow' && part !== 'alertmanager')
          expect(await replicasOf(stage.engine, name)).toBe(1);
      } finally {
        proxy.setManner(undefined);
      }
      await expectOneMore(name);
    },
    60_000,
  );
});

const readJournal = (): string => readFileSync(stage.journalFile, 'utf8');

async function isNamed(part: string): Promise<boolean> {
  const { status, text } = await callHttp({ url: `${stage.executor().url}/-/ready`, timeoutMs: 5_000 });
  return status === 503 && text.includes(`${part} is away`);
}
