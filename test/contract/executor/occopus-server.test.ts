/** The stand-in has the habits and defects of the real Occopus, so that a client which copes with it copes with both. */
import { describe, expect, test } from '@jest/globals';
import { type OccopusPool, startOccopusPool } from '../../fakes/occopus-pool.ts';

async function call(
  { server }: OccopusPool,
  method: string,
  path: string,
  body?: string,
): Promise<{ readonly status: number; readonly type: string; readonly text: string }> {
  const response = await fetch(`${server.url}${path}`, {
    method,
    redirect: 'manual',
    ...(body === undefined ? {} : { body }),
  });
  const type = response.headers.get('content-type') ?? '';
  return { status: response.status, type, text: await response.text() };
}

async function json(pool: OccopusPool, method: string, path: string, body?: string): Promise<unknown> {
  const { status, type, text } = await call(pool, method, path, body);
  expect({ status, type }).toEqual({ status: 200, type: 'application/json' });
  return JSON.parse(text);
}

const INFRA = '/infrastructures/micado_worker_infra';
const post = (pool: OccopusPool, action: string): Promise<unknown> =>
  json(pool, 'POST', `${INFRA}/${action}`);

/** Ids of the VMs, oldest first, and what is wanted. */
async function look(
  pool: OccopusPool,
): Promise<{ readonly ids: readonly string[]; readonly target: number }> {
  const report = (await json(pool, 'GET', INFRA)) as {
    worker: { instances: object; scaling: { target: number } };
  };
  return { ids: Object.keys(report.worker.instances), target: report.worker.scaling.target };
}

describe('an answer', () => {
  test('to an application error is HTTP 200, with the error in its body', async () => {
    await using pool = await startOccopusPool({ version: '1.10' });
    expect(await json(pool, 'GET', '/infrastructures/x')).toEqual({
      message: '',
      reason: "ERROR: infrastructure 'x' does not exist!",
      status_code: 300,
    });
    expect(await post(pool, 'scaleup/x')).toMatchObject({
      reason: "ERROR: node 'x does not exist in infrastructure 'micado_worker_infra'!",
    });
    expect(await json(pool, 'POST', '/infrastructures/')).toMatchObject({ reason: 'Empty POST data' });
  });

  test.each([
    ['1.10', 500],
    ['1.5', 404],
  ] as const)('of %s to anything unexpected is HTML with status %i', async (version, status) => {
    await using pool = await startOccopusPool({ version });
    const routes = [
      'PUT /infrastructures/',
      `GET ${INFRA}/scaleup/worker`,
      `POST ${INFRA}/scaleup/worker/-1`,
    ];
    if (version === '1.5') routes.push(`POST ${INFRA}/scaleto/worker/2`);
    for (const [method = '', path = ''] of routes.map((route) => route.split(' ')))
      expect(await call(pool, method, path)).toMatchObject({ status, type: 'text/html; charset=utf-8' });
  });

  test('to the list has a misspelt key, and the list a slash at its end', async () => {
    await using pool = await startOccopusPool({ version: '1.10' });
    expect(await json(pool, 'GET', '/infrastructures/')).toEqual({ infrastuctures: ['micado_worker_infra'] });
    expect(await call(pool, 'GET', '/infrastructures')).toMatchObject({ status: 308 });
  });

  test('about a node without VMs leaves the node out', async () => {
    await using pool = await startOccopusPool({ version: '1.10' });
    pool.server.addInfrastructure('empty', [{ name: 'worker', min: 1, max: 2 }]);
    expect(await json(pool, 'GET', '/infrastructures/empty')).toEqual({});
  });

  test('says attached and detached, once each', async () => {
    await using pool = await startOccopusPool({ version: '1.10' });
    const done = { infraid: 'micado_worker_infra' };
    expect(await post(pool, 'attach')).toMatchObject({
      status_code: 300,
      reason: expect.stringMatching(/already/),
    });
    expect(await post(pool, 'detach')).toEqual(done);
    expect(await post(pool, 'detach')).toMatchObject({
      status_code: 300,
      reason: expect.stringMatching(/not/),
    });
    expect(await post(pool, 'attach')).toEqual(done);
  });
});

describe('a scaling request', () => {
  test.each([
    ['scaleup/worker/9', 3],
    ['scaleto/worker/99', 3],
    ['scaleto/worker/0', 1],
    ['scaledown/worker', 1],
  ])('%s three times is cut to the bounds without a word', async (action, vms) => {
    await using pool = await startOccopusPool({ version: '1.10' });
    await post(pool, 'scaleto/worker/2');
    await pool.settle();
    for (let times = 0; times < 3; times += 1)
      expect(await post(pool, action)).not.toHaveProperty('status_code');
    await pool.settle();
    expect((await look(pool)).ids).toHaveLength(vms);
  });

  test('is enforced by a later pass only, and by none while nobody maintains', async () => {
    await using pool = await startOccopusPool({ version: '1.10' });
    await post(pool, 'scaleup/worker');
    expect(await look(pool)).toMatchObject({ target: 2, ids: [expect.anything()] });
    pool.server.restart();
    await pool.settle();
    expect(await look(pool)).toMatchObject({ target: 2, ids: [expect.anything()] });
    await post(pool, 'attach');
    await pool.settle();
    expect((await look(pool)).ids).toHaveLength(2);
  });

  test('adds to those before it', async () => {
    await using pool = await startOccopusPool({ version: '1.10' });
    await post(pool, 'scaleup/worker');
    await post(pool, 'scaleup/worker');
    await pool.settle();
    expect((await look(pool)).ids).toHaveLength(3);
  });

  test('up and one down in the same interval end one too low', async () => {
    await using pool = await startOccopusPool({ version: '1.10' });
    await post(pool, 'scaleto/worker/2');
    await pool.settle();
    await post(pool, 'scaleup/worker');
    await post(pool, 'scaledown/worker');
    expect((await look(pool)).target).toBe(2);
    await pool.settle();
    expect((await look(pool)).ids).toHaveLength(1);
  });

  test.each([
    ['1.10', 3],
    ['1.5', 2],
  ] as const)('of %s to stop an unknown VM leaves %i of three', async (version, vms) => {
    await using pool = await startOccopusPool({ version });
    await post(pool, 'scaleup/worker/2');
    await pool.settle();
    await post(pool, 'scaledown/worker/no-such-vm');
    await pool.settle();
    expect((await look(pool)).ids).toHaveLength(vms);
  });

  test('to stop a VM takes its id or its address', async () => {
    await using pool = await startOccopusPool({ version: '1.10' });
    await post(pool, 'scaleup/worker/2');
    await pool.settle();
    const { ids } = await look(pool);
    await post(pool, `scaledown/worker/${ids[0]}`);
    await post(pool, 'scaledown/worker/10.0.0.2');
    await pool.settle();
    expect((await look(pool)).ids).toEqual([ids[2]]);
  });
});

describe('a VM', () => {
  test('that vanished is listed without an address until another replaces it', async () => {
    await using pool = await startOccopusPool({ version: '1.10' });
    const { ids } = await look(pool);
    pool.hypervisor.vanish(ids[0] ?? '');
    expect(await json(pool, 'GET', INFRA)).toMatchObject({
      worker: { instances: { [ids[0] ?? '']: { resource_address: null, state: 'shutdown' } } },
    });
    await pool.settle();
    expect((await look(pool)).ids).toEqual([expect.not.stringMatching(ids[0] ?? '')]);
    expect(pool.hypervisor.running()).toHaveLength(1);
  });

  test.each([
    ['1.10', 2, true],
    ['1.5', 1, false],
  ] as const)(
    'of %s whose boot fails leaves %i VMs and a maintenance that lives: %s',
    async (version, vms, lives) => {
      await using pool = await startOccopusPool({ version });
      pool.hypervisor.failNextBoot();
      await post(pool, 'scaleup/worker');
      await pool.settle();
      expect(await look(pool)).toMatchObject({ target: 2 });
      expect((await look(pool)).ids).toHaveLength(vms);
      expect(pool.infrastructure.isMaintained()).toBe(lives);
    },
  );
});

describe('an infrastructure', () => {
  test('is made from a descriptor, under an id of its own, and maintained', async () => {
    await using pool = await startOccopusPool({ version: '1.10' });
    const descriptor =
      'user_id: me\ninfra_name: x\nnodes: [{name: gpu, type: gpu, scaling: {min: 2, max: 4}}]';
    const { infraid } = (await json(pool, 'POST', '/infrastructures/', descriptor)) as { infraid: string };
    await pool.settle();
    expect(await json(pool, 'GET', `/infrastructures/${infraid}`)).toMatchObject({
      gpu: { scaling: { actual: 2, min: 2, max: 4, target: 2 } },
    });
  });

  test('is gone after DELETE, which says so even where a VM could not be stopped', async () => {
    await using pool = await startOccopusPool({ version: '1.10' });
    pool.hypervisor.failNextDestroy();
    expect(await json(pool, 'DELETE', INFRA)).toEqual({ infraid: 'micado_worker_infra' });
    expect(await json(pool, 'DELETE', INFRA)).toMatchObject({ status_code: 300 });
    expect(pool.hypervisor.running()).toHaveLength(1);
  });
});
