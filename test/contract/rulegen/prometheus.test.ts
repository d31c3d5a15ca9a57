/** One suite for the fake Prometheus and the real one, through the same adapter. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { createHttpPrometheus } from '../../../rulegen/adapters/http-prometheus.ts';
import { eventually } from '../../eventually.ts';
import { startFakePrometheus } from '../../fakes/prometheus-server.ts';
import { startRealPrometheus } from './real-prometheus.ts';

type Subject = AsyncDisposable & { readonly url: string; readonly rulesDir: string };

async function startFake({ lifecycle = true } = {}): Promise<Subject> {
  const rulesDir = mkdtempSync(join(tmpdir(), 'micado-fake-prometheus-'));
  const fake = await startFakePrometheus(rulesDir);
  fake.flags.lifecycle = lifecycle;
  return {
    url: fake.url,
    rulesDir,
    async [Symbol.asyncDispose]() {
      await fake[Symbol.asyncDispose]();
      rmSync(rulesDir, { recursive: true, force: true });
    },
  };
}

const GOOD = `groups:
  - name: service-web
    rules:
      - alert: web_overloaded
        expr: |-
          sum(
            up{job="a b"}
          ) > 1
        for: 1m30s
        keep_firing_for: 2m
        labels: { alert: overloaded }
        annotations: { value: '{{ $value }}' }
`;

describe.each([
  ['the fake', startFake],
  ['the real Prometheus', startRealPrometheus],
] as const)('%s', (_name, start) => {
  let subject: Subject;
  const file = (): string => join(subject.rulesDir, 'service-web.yml');
  const prometheus = () => createHttpPrometheus(subject.url);

  beforeAll(async () => {
    subject = await start();
  }, 30_000);
  afterAll(async () => {
    await subject[Symbol.asyncDispose]();
  });
  beforeEach(async () => {
    writeFileSync(file(), GOOD);
    await prometheus().reload();
  });

  test.each(['up', 'sum(up) + 1', 'up{job="a ) b"} # a comment', '1'])('accepts %s', async (query) => {
    const answer = await prometheus().formatQuery(query);
    expect(answer.kind).toBe('accepted');
  });

  test('prints no comment back', async () => {
    expect(await prometheus().formatQuery('up # a comment')).toEqual({ kind: 'accepted', formatted: 'up' });
  });

  test.each([
    ['', 'no expression found'],
    ['up) or vector(1', 'unexpected right parenthesis'],
    ['rate(up)', 'expected type range vector'],
    ['sum(1)', 'got scalar'],
    ['sum("a")', 'got string'],
    ['sum(up[5m])', 'got range vector'],
  ])('refuses "%s" and says why', async (query, message) => {
    const answer = await prometheus().formatQuery(query);
    expect(answer).toEqual({ kind: 'refused', message: expect.stringContaining(message) });
  });

  test('runs what the folder holds after a reload', async () => {
    expect(await prometheus().reload()).toEqual({ kind: 'reloaded' });
    expect(await prometheus().listGroups()).toEqual([
      {
        name: 'service-web',
        file: expect.stringMatching(/\/service-web\.yml$/),
        rules: [
          {
            alert: 'web_overloaded',
            query: expect.stringContaining('up{job="a b"}'),
            forMs: 90_000,
            keepFiringForMs: 120_000,
            labels: { alert: 'overloaded' },
            annotations: { value: '{{ $value }}' },
          },
        ],
      },
    ]);
    expect((await prometheus().readConfigState()).reloadSucceeded).toBe(true);
  });

  test('tells how the rules fared, once they were evaluated', async () => {
    const evaluations = await eventually('the rule was evaluated', async () => {
      const found = await prometheus().listTroubles();
      return found.every(({ health }) => health !== 'unknown') && found;
    });
    expect(evaluations).toEqual([]);
  });

  test('leaves out the rules of groups of which only the name is wanted', async () => {
    const file = expect.stringMatching(/\/service-web\.yml$/);
    expect(await prometheus().listGroups(new Set(['service-web.yml']))).toEqual([
      { name: 'service-web', file, rules: [] },
    ]);
  });

  test('refuses a broken file and runs on with the old rules', async () => {
    writeFileSync(file(), GOOD.replace(') > 1', ')) > 1'));
    expect(await prometheus().reload()).toEqual({
      kind: 'refused',
      message: expect.stringContaining('reload'),
    });
    expect((await prometheus().readConfigState()).reloadSucceeded).toBe(false);
    expect((await prometheus().listGroups()).map(({ name }) => name)).toEqual(['service-web']);
  });

  test('tells its flags', async () => {
    const flags = await prometheus().readFlags();
    expect(flags.get('rules.alert.resend-delay')).toBe('2s');
    expect(flags.get('web.enable-lifecycle')).toBe('true');
  });

  test('without the lifecycle API, the failure names the flag', async () => {
    await using locked = await start({ lifecycle: false });
    await expect(createHttpPrometheus(locked.url).reload()).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('--web.enable-lifecycle'),
    });
  }, 30_000);
});

test('a Prometheus that is away is unavailable, with its address', async () => {
  const away = createHttpPrometheus('http://127.0.0.1:1');
  await expect(away.listGroups()).rejects.toMatchObject({
    code: 'unavailable',
    message: expect.stringContaining('127.0.0.1:1'),
  });
});
