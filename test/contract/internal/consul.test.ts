/** The registration with Consul against an agent as it answers. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { ConsulService } from '../../../internal/contract/consul.ts';
import { systemClock } from '../../../internal/daemon/clock.ts';
import { createConsulAgent } from '../../../internal/daemon/consul-agent.ts';
import {
  type ConsulRegistrationOptions,
  createConsulRegistration,
} from '../../../internal/daemon/consul-registration.ts';
import { silentLogger } from '../../../internal/daemon/logger.ts';
import { eventually } from '../../eventually.ts';
import { type ConsulServer, startConsulServer } from '../../fakes/consul-server.ts';
import { startJsonServer } from '../../fakes/json-server.ts';

let consul: ConsulServer;
let folder = '';
beforeEach(async () => {
  consul = await startConsulServer();
  folder = mkdtempSync(join(tmpdir(), 'micado-consul-'));
});
afterEach(async () => {
  await consul[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

const aService = (overrides: Partial<ConsulService> = {}): ConsulService => ({
  id: 'web-1',
  name: 'web',
  address: '127.0.0.1',
  port: 9_095,
  meta: { version: '1.0.0' },
  check: { kind: 'http', url: 'http://127.0.0.1:9095/-/healthy' },
  ...overrides,
});

describe('an agent of Consul', () => {
  const agent = (tokenFile = '') => createConsulAgent(consul.url, tokenFile);

  test('is told name, address, port and check of a service, and lists it', async () => {
    await agent().register(aService());
    expect(consul.services.get('web-1')).toMatchObject({
      Name: 'web',
      Address: '127.0.0.1',
      Port: 9_095,
      Meta: { version: '1.0.0' },
      Check: {
        HTTP: 'http://127.0.0.1:9095/-/healthy',
        Interval: '10s',
        Status: 'passing',
        DeregisterCriticalServiceAfter: '10m',
      },
    });
    const { id: _id, check: _check, ...rest } = aService();
    expect(await agent().list()).toEqual(new Map([['web-1', rest]]));
  });

  test('runs a check of the port where there is no health to ask for, also of an IPv6 address', async () => {
    await agent().register(aService({ address: '::1', check: { kind: 'tcp' } }));
    expect(consul.services.get('web-1')?.Check).toMatchObject({ TCP: '[::1]:9095' });
  });

  test('does not judge the certificate of who is asked for health', async () => {
    await agent().register(aService({ check: { kind: 'http', url: 'https://127.0.0.1:9095/-/healthy' } }));
    expect(consul.services.get('web-1')?.Check).toMatchObject({ TLSSkipVerify: true });
  });

  test('forgets a service, and does not mind one that it does not know', async () => {
    await agent().register(aService({ id: 'a/b c' }));
    await agent().deregister('a/b c');
    expect(consul.services.size).toBe(0);
    await expect(agent().deregister('a/b c')).resolves.toBeUndefined();
  });

  test('reads the token anew for each call, and says what a denied one would need', async () => {
    const file = join(folder, 'token');
    writeFileSync(file, 'first\n');
    consul.requireToken('first');
    const guarded = agent(file);
    await guarded.register(aService());
    consul.requireToken('second');
    await expect(guarded.list()).rejects.toThrow(
      /denied; the token of --consul\.token-file needs service:write$/,
    );
    writeFileSync(file, 'second\n');
    expect((await guarded.list()).size).toBe(1);
  });

  test('is unavailable while it is away, with its address, and while the token cannot be read', async () => {
    await expect(agent(join(folder, 'none')).list()).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('cannot read --consul.token-file='),
    });
    await consul.stop();
    await expect(agent().list()).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining(`GET ${consul.url}/v1/agent/services: `),
    });
    await expect(agent().localAddress()).rejects.toMatchObject({ code: 'unavailable' });
  });

  test.each([
    ['a list', []],
    ['services of another shape', { web: { ID: 'web' } }],
    ['a text', 'hello'],
  ])('that answers with %s is none', async (_what, json) => {
    await using other = await startJsonServer(() => ({ status: 200, json }));
    await expect(createConsulAgent(other.url, '').list()).rejects.toThrow(/no list of services/);
  });

  test('shows the address of this machine on the way to it', async () => {
    expect(await agent().localAddress()).toBe('127.0.0.1');
  });
});

describe('a registration', () => {
  let desired: readonly ConsulService[] | undefined;
  const warnings: string[] = [];
  const stop = { abort: (): void => {} };
  let ended: Promise<void> = Promise.resolve();
  const start = (options: Partial<ConsulRegistrationOptions> = {}) => {
    const controller = new AbortController();
    stop.abort = () => controller.abort();
    const registration = createConsulRegistration({
      name: 'test',
      agent: createConsulAgent(consul.url, ''),
      desired: async () => desired,
      isOurs: ({ meta }) => meta['of'] === 'us',
      atExit: 'deregister',
      everyMs: 20,
      clock: { ...systemClock, sleep: (ms, signal) => systemClock.sleep(Math.min(ms, 20), signal) },
      logger: { ...silentLogger, warn: (message) => void warnings.push(message) },
      ...options,
    });
    ended = registration.actor.run(controller.signal);
    return registration;
  };
  beforeEach(() => {
    desired = [aService()];
    warnings.length = 0;
  });
  afterEach(async () => {
    stop.abort();
    await ended;
  });
  const isThere = (id: string) => eventually(`${id} is registered`, () => consul.services.has(id));
  const registrations = (): number =>
    consul.calls.filter((call) => call === 'PUT /v1/agent/service/register').length;

  test('tells once, and again when the agent has lost it', async () => {
    start();
    await isThere('web-1');
    const lists = consul.calls.length;
    await eventually('it was looked at again', () => consul.calls.length > lists + 3);
    expect(registrations()).toBe(1);
    consul.forgetAll();
    await isThere('web-1');
    expect(registrations()).toBe(2);
  });

  test('tells again what has changed, here or there', async () => {
    start();
    await isThere('web-1');
    desired = [aService({ port: 9_096 })];
    await eventually('the new port', () => consul.services.get('web-1')?.Port === 9_096);
    await createConsulAgent(consul.url, '').register(aService({ meta: { version: 'other' } }));
    await eventually('our words again', () => consul.services.get('web-1')?.Meta['version'] === '1.0.0');
  });

  test('tells at its start what the agent has already, as its check may be another', async () => {
    await createConsulAgent(consul.url, '').register(aService({ check: { kind: 'tcp' } }));
    start();
    await eventually('the check', () => consul.services.get('web-1')?.Check['HTTP'] !== undefined);
  });

  test('takes away what was ours and nothing else', async () => {
    const others = createConsulAgent(consul.url, '');
    await others.register(aService({ id: 'stray', meta: { of: 'us' } }));
    await others.register(aService({ id: 'foreign' }));
    start();
    await eventually('the stray one is gone', () => !consul.services.has('stray'));
    await isThere('web-1');
    expect([...consul.services.keys()].toSorted()).toEqual(['foreign', 'web-1']);
  });

  test('leaves all as it is while it does not know what should be there', async () => {
    await createConsulAgent(consul.url, '').register(aService({ id: 'stray', meta: { of: 'us' } }));
    desired = undefined;
    const looks = { count: 0 };
    start({
      async desired() {
        looks.count += 1;
        return desired;
      },
    });
    await eventually('it has looked', () => looks.count > 2);
    expect([...consul.services.keys()]).toEqual(['stray']);
  });

  test('looks at once when it is woken, and not while Consul is away', async () => {
    const waits: number[] = [];
    const registration = start({
      everyMs: 3_600_000,
      clock: {
        ...systemClock,
        async sleep(ms, signal) {
          waits.push(ms);
          await systemClock.sleep(ms, signal);
        },
      },
    });
    await isThere('web-1');
    await eventually('it waits', () => waits.length === 1);
    desired = [aService({ id: 'web-2' })];
    registration.wake();
    await isThere('web-2');
    await consul.stop();
    await eventually('it waits again', () => waits.length === 2);
    registration.wake();
    await eventually('it waits for Consul', () => waits.length === 3);
    registration.wake();
    expect(waits[2]).toBeLessThanOrEqual(1_000);
    expect(waits).toHaveLength(3);
  });

  test('comes back by itself when Consul does, and warns once of one problem', async () => {
    await consul.stop();
    const registration = start();
    await eventually('it has failed', () => warnings.length > 0);
    expect(registration.isUp()).toBe(false);
    const failedMs = registration.changedMs() ?? Number.NaN;
    await consul.start();
    await isThere('web-1');
    await eventually('it is up', () => registration.isUp());
    expect(registration.changedMs()).toBeGreaterThan(failedMs);
    expect(new Set(warnings)).toEqual(new Set(['consul failed']));
  });

  test.each([
    ['deregister', []],
    ['leave', ['web-1']],
  ] as const)('at its end: %s', async (atExit, left) => {
    start({ atExit });
    await isThere('web-1');
    stop.abort();
    await ended;
    expect([...consul.services.keys()]).toEqual(left);
  });

  test('ends although Consul is away', async () => {
    start();
    await isThere('web-1');
    await consul.stop();
    stop.abort();
    await expect(ended).resolves.toBeUndefined();
  });
});
