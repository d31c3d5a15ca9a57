import { expect, test } from '@jest/globals';
import type { PoolFigures } from '../../../executor/core/workers/pool-figures.ts';
import { createPoolBoard } from '../../../executor/pool-board.ts';
import type { Logger } from '../../../internal/daemon/logger.ts';
import { silentLogger } from '../../../internal/daemon/logger.ts';

const target = { kind: 'workers', key: 'VM/i/w', infraId: 'i', node: 'w' } as const;
const figures = (boundsDiffer: boolean): PoolFigures => ({
  target: 1,
  actual: 1,
  ready: 1,
  min: 1,
  max: 4,
  inFlight: false,
  isDraining: false,
  boundsDiffer,
  pendingTasks: 0,
  unschedulableTasks: 0,
});

test('bounds that differ are said once, until they have been alike again', () => {
  const said: string[] = [];
  const logger: Logger = { ...silentLogger, warn: (message) => void said.push(message) };
  const board = createPoolBoard(logger);
  for (const differ of [true, true, false, true]) board.show(target, figures(differ));
  expect(said).toEqual(['bounds of rule and provider differ', 'bounds of rule and provider differ']);
});

test('a pool without figures is not shown with old ones', () => {
  const board = createPoolBoard(silentLogger);
  board.show(target, figures(false));
  expect(board.pools()).toHaveLength(1);
  board.show(target, undefined);
  expect(board.pools()).toEqual([]);
});
