import { describe, expect, test } from '@jest/globals';
import { createPoolKeys } from '../../../executor/pool-keys.ts';
import { STATE_NODE_LABEL } from '../../../internal/contract/labels.ts';
import { AppError } from '../../../internal/daemon/app-error.ts';
import { aNode } from './pool-builders.ts';

const rule = { labels: { type: 'VM', infra_id: 'infra', node: 'worker' }, annotations: {} };
const broken = { labels: { type: 'VM', node: 'worker' }, annotations: {} };
const marked = (mark: string) => aNode('w1', { labels: { [STATE_NODE_LABEL.drain]: mark } });
const away = (): Promise<never> => Promise.reject(new AppError('unavailable', 'away'));

describe('the pools that are looked at', () => {
  test('are those of the rules, each once', async () => {
    const keys = createPoolKeys(
      { list: async () => [rule, rule, broken] },
      { nodes: async () => [aNode('w1')] },
    );
    expect(await keys()).toEqual(['VM/infra/worker']);
  });

  test('are also those of a drain that somebody left behind', async () => {
    const nodes = async () => [marked('draining;2026-01-01T00:00:00Z;gone;vm-1')];
    expect(await createPoolKeys({ list: async () => [] }, { nodes })()).toEqual(['VM/gone/worker']);
    expect(await createPoolKeys({ list: away }, { nodes })()).toEqual(['VM/gone/worker']);
  });

  test('are none that a mark names which cannot be read', async () => {
    const nodes = async () => [marked('nonsense'), marked('draining;2026-01-01T00:00:00Z;a/b;vm-1')];
    expect(await createPoolKeys({ list: async () => [] }, { nodes })()).toEqual([]);
  });

  test('are those of the rules while the nodes cannot be read', async () => {
    expect(await createPoolKeys({ list: async () => [rule] }, { nodes: away })()).toEqual([
      'VM/infra/worker',
    ]);
  });
});
