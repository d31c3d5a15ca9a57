import { expect, test } from '@jest/globals';
import { listVms } from '../../../../deploy/core/infrastructure-vm.ts';

test('the VMs of an infrastructure are those of all its nodes', () => {
  const aNode = (id: string) => ({
    instances: [{ id, addresses: ['10.0.0.1'], state: 'ready' }],
    scaling: undefined,
  });
  expect(
    listVms(
      new Map([
        ['worker', aNode('a')],
        ['gpu', aNode('b')],
      ]),
    ),
  ).toEqual([
    { id: 'a', node: 'worker', addresses: ['10.0.0.1'] },
    { id: 'b', node: 'gpu', addresses: ['10.0.0.1'] },
  ]);
});
