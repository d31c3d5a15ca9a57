/** The exporter's HTTP face: what can be asked, by whom, and what comes at once. */
import { request } from 'node:http';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { eventually } from '../../eventually.ts';
import { type RunningExporter, sampleOf } from '../../fakes/running-exporter.ts';
import { type ExporterStage, scrapeOfBoth, setExporterStage } from './exporter-stage.ts';

let stage: ExporterStage;
let exporter: RunningExporter;
const start = async (...flags: string[]): Promise<void> => {
  exporter = await stage.start(...flags);
};
beforeEach(async () => {
  stage = await setExporterStage();
});
afterEach(async () => {
  await stage[Symbol.asyncDispose]();
});

const get = (path: string, headers: Record<string, string> = {}, method = 'GET') =>
  new Promise<{ status: number; headers: NodeJS.Dict<string | string[]>; body: Buffer }>(
    (resolve, reject) => {
      const sent = request(`${exporter.url}${path}`, { method, headers, agent: false }, (response) => {
        const parts: Buffer[] = [];
        response.on('data', (part: Buffer) => parts.push(part));
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body: Buffer.concat(parts),
          }),
        );
      });
      sent.on('error', reject);
      sent.end();
    },
  );

test('is not ready, with the reason, before Docker has answered, and ready from then on', async () => {
  await stage.engine.pause();
  await start();
  const before = await get('/-/ready');
  expect(before.status).toBe(503);
  expect(before.body.toString()).toContain('Docker has not answered');
  expect((await get('/-/healthy')).status).toBe(200);
  await stage.engine.resume();
  await eventually('ready', async () => (await get('/-/ready')).status === 200);
  await stage.engine.pause();
  expect((await get('/-/ready')).status).toBe(200);
});

test('packs the text when asked, and shares it among scrapes that come at once', async () => {
  await start();
  await scrapeOfBoth(exporter);
  const scrapesBefore = sampleOf(await exporter.scrape(), 'micado_exporter_scrapes_total') ?? 0;
  const answers = await Promise.all(
    Array.from({ length: 20 }, () => get('/metrics', { 'accept-encoding': 'gzip' })),
  );
  for (const { status, headers, body } of answers) {
    expect(status).toBe(200);
    expect(headers['content-encoding']).toBe('gzip');
    expect(headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
    const text = gunzipSync(body).toString();
    expect(text).toMatch(/^# HELP container_cpu_usage_seconds_total [^\n]+\n/);
    expect(text).toMatch(/\nprocess_resident_memory_bytes \d+\n$/);
  }
  const after = sampleOf(await exporter.scrape(), 'micado_exporter_scrapes_total') ?? 0;
  expect(after - scrapesBefore).toBeLessThan(20);
});

test.each(['', 'identity', 'gzip;q=0', 'br'])('sends plain text to who accepts "%s"', async (accepted) => {
  await start();
  const { headers, body } = await get('/metrics', { 'accept-encoding': accepted });
  expect(headers['content-encoding']).toBeUndefined();
  expect(body.toString()).toMatch(/^machine_cpu_cores\{.*\} 4$/m);
});

test('lists all again on a reload by somebody who has the token', async () => {
  stage.tree.write('proc/token', 'a-token-of-the-test\n');
  stage.tree.write('proc/web.yml', 'bearer_token_files: [token]\n');
  await start(`--web.config.file=${join(stage.tree.procfs, 'web.yml')}`);
  await scrapeOfBoth(exporter);
  const post = { 'content-type': 'application/json' };
  expect((await get('/-/reload', post, 'POST')).status).toBe(401);
  expect(stage.engine.callsTo('/containers/json')).toBe(1);
  const authorization = 'Bearer a-token-of-the-test';
  expect((await get('/-/reload', { ...post, authorization }, 'POST')).status).toBe(202);
  await eventually('listed again', () => stage.engine.callsTo('/containers/json') === 2);
});

test.each([
  ['GET', '/', 200],
  ['HEAD', '/metrics', 200],
  ['PUT', '/metrics', 405],
  ['GET', '/-/reload', 405],
  ['GET', '/nothing', 404],
  ['GET', '/constructor', 404],
])('answers %s %s with %d', async (method, path, status) => {
  await start();
  expect((await get(path, {}, method)).status).toBe(status);
});

test('has the families of the collectors that are asked for, and of no others', async () => {
  await start();
  await scrapeOfBoth(exporter);
  const { status, body } = await get('/metrics?collect[]=lifecycle&collect[]=cpu');
  expect(status).toBe(200);
  const families = [...body.toString().matchAll(/^# TYPE ((?:container|machine|swarm)_\w+) /gm)].map(
    (match) => match[1],
  );
  expect(
    families.every((name) => /^container_(cpu|creation|start|last_seen|health|scrape)/.test(name ?? '')),
  ).toBe(true);
  expect(families).toContain('container_last_seen');
  expect(families).toContain('container_cpu_usage_seconds_total');
  const collectors = [...body.toString().matchAll(/^micado_exporter_collector_success\{collector="(\w+)"/gm)];
  expect(collectors.map((match) => match[1])).toEqual(['cpu', 'lifecycle']);
  expect((await get('/metrics')).body.toString()).toContain('container_memory_rss');
});

test('refuses a collector that it does not have, and names the nearest', async () => {
  await start('--no-collector.swarm');
  const misspelt = await get('/metrics?collect[]=netwrok');
  expect(misspelt.status).toBe(400);
  expect(misspelt.body.toString()).toContain('did you mean \\"network\\"');
  const off = await get('/metrics?collect[]=swarm');
  expect(off.status).toBe(400);
  expect(off.body.toString()).toContain('switched off by --no-collector.swarm');
});

test('gives everybody what they asked for when different scrapes come at once', async () => {
  await start();
  await scrapeOfBoth(exporter);
  const asked = ['cpu', 'memory', 'lifecycle', 'network'];
  const gzip = { 'accept-encoding': 'gzip' };
  const answers = await Promise.all(
    Array.from({ length: 40 }, async (_, index) => {
      const name = asked[index % asked.length] ?? '';
      const { body } = await get(`/metrics?collect[]=${name}`, index % 3 === 0 ? {} : gzip);
      return { name, text: (index % 3 === 0 ? body : gunzipSync(body)).toString() };
    }),
  );
  const sign: Record<string, string> = {
    cpu: 'container_cpu_usage_seconds_total{',
    memory: 'container_memory_rss{',
    lifecycle: 'container_last_seen{',
    network: 'container_network_receive_bytes_total{',
  };
  for (const { name, text } of answers) {
    const found = asked.filter((other) => text.includes(sign[other] ?? ''));
    expect(found).toEqual([name]);
    expect(text).toMatch(/\nprocess_resident_memory_bytes \d+\n$/);
  }
});

test('ends a scrape in time for the Prometheus that waits for it', async () => {
  await start();
  await scrapeOfBoth(exporter);
  const { body } = await get('/metrics', { 'x-prometheus-scrape-timeout-seconds': '0.000001' });
  const text = body.toString();
  expect(text).not.toContain('container_cpu_usage_seconds_total');
  expect(sampleOf(text, 'micado_exporter_collector_success{collector="cpu"}')).toBe(0);
  expect(sampleOf(text, 'micado_exporter_scrapes_cut_short_total')).toBe(1);
  expect(sampleOf(text, 'container_scrape_error')).toBe(1);
  const whole = await get('/metrics', { 'x-prometheus-scrape-timeout-seconds': '10' });
  expect(sampleOf(whole.body.toString(), 'micado_exporter_collector_success{collector="cpu"}')).toBe(1);
});

test('links to each collector on its first page', async () => {
  await start('--no-collector.swarm');
  const page = (await get('/')).body.toString();
  expect(page).toContain('href="/metrics"');
  expect(page).toContain('href="/metrics?collect[]=pressure"');
  expect(page).not.toContain('swarm');
});
