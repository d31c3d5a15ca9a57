import { expect, test } from '@jest/globals';
import { createCommandNodeProvider } from '../../../executor/adapters/command-node-provider.ts';
import { createNoneNodeProvider } from '../../../executor/adapters/none-node-provider.ts';
import { createCommandCloud } from '../../fakes/command-cloud.ts';
import { createMemoryNodeProvider } from '../../fakes/memory-node-provider.ts';
import { startOccopusPool } from '../../fakes/occopus-pool.ts';
import { describeNodeProvider } from './node-provider-suite.ts';

const POOL = { infraId: 'micado_worker_infra', node: 'worker' };

describeNodeProvider('the cloud in memory', async () => {
  const provider = createMemoryNodeProvider();
  provider.addPool(POOL, { min: 1, max: 3, target: 1 });
  provider.pass(POOL);
  return {
    provider,
    pool: POOL,
    letTimePass: async () => provider.pass(POOL),
    async goAway() {
      provider.away = 'the cloud does not answer';
    },
    loseNextAnswer() {
      provider.loseNextAnswer = true;
    },
    async [Symbol.asyncDispose]() {},
  };
});

for (const version of ['1.5', '1.10'] as const)
  describeNodeProvider(`Occopus ${version}`, async () => {
    const occopus = await startOccopusPool({ version });
    return {
      provider: occopus.provider,
      pool: occopus.pool,
      letTimePass: occopus.settle,
      goAway: occopus.server.stop,
      loseNextAnswer: () => occopus.server.setFault('lost_answer', 'POST'),
      [Symbol.asyncDispose]: () => occopus[Symbol.asyncDispose](),
    };
  });

describeNodeProvider('an operator’s programs', async () => {
  const cloud = createCommandCloud({
    'micado_worker_infra/worker': {
      min: 1,
      max: 3,
      target: 1,
      vms: [{ id: 'first', addresses: ['10.0.0.1'], state: 'ready' }],
    },
  });
  return {
    provider: createCommandNodeProvider({ ...cloud, timeoutMs: 10_000 }),
    pool: POOL,
    letTimePass: async () => cloud.settle(),
    goAway: async () => cloud.goAway(),
    loseNextAnswer: cloud.loseNextAnswer,
    async [Symbol.asyncDispose]() {
      cloud[Symbol.dispose]();
    },
  };
});

test('without a provider there are no VMs, and none can be asked for', async () => {
  const provider = createNoneNodeProvider();
  const seen = await provider.read(POOL);
  expect(seen).toEqual({ min: undefined, max: undefined, target: 0, vms: [] });
  const refused = { code: 'invalid', message: expect.stringContaining('--node-provider') };
  await expect(provider.scaleTo(POOL, 1, seen)).rejects.toMatchObject(refused);
  await expect(provider.remove(POOL, 'any', seen)).rejects.toMatchObject(refused);
});
