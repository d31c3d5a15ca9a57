/** The three programs of an operator whose cloud is a file. */
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PoolReport, ProviderVm } from '../../executor/ports.ts';

const PROGRAM = new URL('./cloud-command.mjs', import.meta.url).pathname;

export type CommandCloud = Disposable & {
  /** Paths of the programs. */
  readonly up: string;
  readonly down: string;
  readonly list: string;
  /** What was asked for has happened: by key `infra/node`. */
  settle(): void;
  goAway(): void;
  loseNextAnswer(): void;
};

export function createCommandCloud(pools: Readonly<Record<string, PoolReport>>): CommandCloud {
  const folder = mkdtempSync(join(tmpdir(), 'micado-command-cloud-'));
  const stateFile = join(folder, 'state.json');
  writeFileSync(stateFile, JSON.stringify(pools));
  const program = (action: string): string => {
    const path = join(folder, action);
    writeFileSync(path, `#!/bin/sh\nexec '${process.execPath}' '${PROGRAM}' '${stateFile}' ${action} "$@"\n`);
    chmodSync(path, 0o755);
    return path;
  };
  let started = 0;
  const settlePool = ({ target, vms, ...bounds }: PoolReport): PoolReport => {
    const left = vms.filter(({ state }) => state !== 'stopping');
    const added: readonly ProviderVm[] = Array.from({ length: target - left.length }, () => {
      started += 1;
      return { id: `added-${started}`, addresses: [`10.0.1.${started}`], state: 'ready' };
    });
    return { ...bounds, target, vms: [...left, ...added] };
  };
  return {
    up: program('up'),
    down: program('down'),
    list: program('list'),
    settle() {
      const state = JSON.parse(readFileSync(stateFile, 'utf8')) as Record<string, PoolReport>;
      const settled = Object.entries(state).map(([key, pool]) => [key, settlePool(pool)] as const);
      writeFileSync(stateFile, JSON.stringify(Object.fromEntries(settled)));
    },
    goAway: () => writeFileSync(`${stateFile}.away`, ''),
    loseNextAnswer: () => writeFileSync(`${stateFile}.lose`, ''),
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  };
}
