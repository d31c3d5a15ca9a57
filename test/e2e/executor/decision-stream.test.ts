/** Decisions as they happen, over server-sent events. */
import { get as httpGet, type IncomingMessage } from 'node:http';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { eventually } from '../../eventually.ts';
import { alertLabels, type RunningExecutor, type Stage, setStage } from './start-executor.ts';

const PATH = '/api/v1/decisions/stream';
let stage: Stage;
beforeEach(async () => {
  stage = await setStage();
  stage.docker.state.createService({ name: 'web' });
  stage.docker.state.createService({ name: 'api' });
});
afterEach(async () => {
  await stage[Symbol.asyncDispose]();
});

type Reader = { readonly answer: IncomingMessage; text(): string; close(): void };
type Event = { readonly id: number; readonly reason: string; readonly target: string };

function follow(
  executor: RunningExecutor,
  path = PATH,
  headers: Readonly<Record<string, string>> = {},
): Promise<Reader> {
  return new Promise((resolve, reject) => {
    let text = '';
    const request = httpGet(`${executor.url}${path}`, { headers, agent: false }, (answer) => {
      answer.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
      answer.on('error', () => {});
      resolve({ answer, text: () => text, close: () => request.destroy() });
    });
    request.on('error', reject);
  });
}

const eventsOf = (reader: Reader): readonly Event[] =>
  [...reader.text().matchAll(/^data: (.*)$/gm)].map(([, json = '']) => JSON.parse(json) as Event);
const fire = (...names: readonly string[]): void =>
  stage.prometheus.setAlerts(names.map((name) => ({ labels: alertLabels(name) })));
const look = (executor: RunningExecutor): Promise<Response> => executor.post('/-/reload', '');

describe('whoever follows the decisions', () => {
  test('gets each one when it is journalled, with the id that it has there', async () => {
    await using executor = await stage.startExecutor();
    const reader = await follow(executor);
    expect(reader.answer.headers['content-type']).toBe('text/event-stream');
    fire('web');
    await look(executor);
    await eventually('two events', () => eventsOf(reader).length === 2);
    const { decisions } = await executor.getJson<{ decisions: readonly Event[] }>('/api/v1/decisions');
    expect(eventsOf(reader)).toEqual(decisions.toReversed());
    expect(reader.text()).toContain(`id: ${decisions[0]?.id}\nevent: decision\n`);
    reader.close();
  });

  test('may follow one target alone', async () => {
    await using executor = await stage.startExecutor();
    const reader = await follow(executor, `${PATH}?target=docker/api`);
    fire('web', 'api');
    await look(executor);
    await eventually('an event of each', async () => {
      const { decisions } = await executor.getJson<{ decisions: readonly Event[] }>('/api/v1/decisions');
      return new Set(decisions.map(({ target }) => target)).size === 2 && eventsOf(reader).length === 2;
    });
    expect(new Set(eventsOf(reader).map(({ target }) => target))).toEqual(new Set(['docker/api']));
    reader.close();
  });

  test('and comes back, to a restarted executor too, first gets what was missed, each once', async () => {
    let seen: readonly Event[];
    {
      await using executor = await stage.startExecutor();
      const reader = await follow(executor);
      fire('web');
      await look(executor);
      seen = await eventually('two events', () => eventsOf(reader).length === 2 && eventsOf(reader));
      fire('api');
      await look(executor);
      await eventually('api is decided', async () => (await executor.decisions('docker/api')).length > 1);
      reader.close();
    }
    await using executor = await stage.startExecutor();
    const again = await follow(executor, PATH, { 'last-event-id': String(seen[0]?.id) });
    await eventually('what was missed', () => eventsOf(again).length >= 3);
    const { decisions } = await executor.getJson<{ decisions: readonly Event[] }>('/api/v1/decisions');
    const missed = decisions.toReversed().slice(1);
    expect(eventsOf(again).slice(0, missed.length)).toEqual(missed);
    again.close();
  });

  test('hears of the end of the executor, which does not wait for its readers', async () => {
    const executor = await stage.startExecutor();
    const reader = await follow(executor);
    let ended = false;
    reader.answer.on('end', () => {
      ended = true;
    });
    const startMs = Date.now();
    await executor[Symbol.asyncDispose]();
    expect(Date.now() - startMs).toBeLessThan(2_000);
    await eventually('the stream has ended', () => ended);
  });

  test('is turned away when there are too many already, and welcome when one has left', async () => {
    await using executor = await stage.startExecutor();
    const readers = await Promise.all(Array.from({ length: 64 }, () => follow(executor)));
    expect((await executor.get(PATH)).status).toBe(503);
    readers[0]?.close();
    await eventually('there is room again', async () => {
      const reader = await follow(executor);
      reader.close();
      return reader.answer.statusCode === 200;
    });
    for (const reader of readers) reader.close();
  });
});
