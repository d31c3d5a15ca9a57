import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import {
  createSupervisor,
  openLog,
  type PartEvent,
  type Supervisor,
} from '../../../../deploy/adapters/part-supervisor.ts';
import { readPidFile } from '../../../../deploy/adapters/pid-file.ts';
import type { PartPlan } from '../../../../deploy/core/plan-parts.ts';
import type { PartName } from '../../../../deploy/core/stack-layout.ts';
import { systemClock } from '../../../../internal/daemon/clock.ts';
import { eventually } from '../../../eventually.ts';
import { createQuickClock } from '../quick-clock.ts';

const WELL_BEHAVED = `
  process.on('SIGTERM', () => { require('node:fs').appendFileSync(process.argv[1], process.argv[2] + ' '); process.exit(0); });
  setInterval(() => {}, 1000); console.log('ready');`;
const STUBBORN = `process.on('SIGTERM', () => {}); setInterval(() => {}, 1000); console.log('ready');`;
const DYING = `console.log('dying'); process.exit(3);`;

let folder = '';
let supervisor: Supervisor | undefined;
let events: PartEvent[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'micado-supervisor-'));
  events = [];
});
afterEach(async () => {
  await supervisor?.stop();
  rmSync(folder, { recursive: true, force: true });
});

function aPart(name: PartName, script: string): PartPlan {
  return {
    name,
    command: [process.execPath, '-e', script, join(folder, 'stopped'), name],
    url: '',
    readyUrl: '',
    purpose: '',
    logFile: join(folder, `${name}.log`),
    pidFile: join(folder, `${name}.pid`),
  };
}

function supervise(parts: readonly PartPlan[], clock = systemClock): Supervisor {
  supervisor = createSupervisor({ parts, env: process.env, clock, onEvent: (event) => events.push(event) });
  supervisor.start();
  return supervisor;
}

const logOf = (part: PartPlan): string => readFileSync(part.logFile, 'utf8');
const saidReady = (part: PartPlan) => eventually('the part runs', () => logOf(part).includes('ready'));
const deathsIn = (list: readonly PartEvent[]) =>
  list.flatMap((event) => (event.kind === 'died' ? [event] : []));

describe('the supervisor', () => {
  test('stops its parts in the reverse order of their start', async () => {
    const parts = [
      aPart('prometheus', WELL_BEHAVED),
      aPart('rulegen', WELL_BEHAVED),
      aPart('executor', WELL_BEHAVED),
    ];
    const running = supervise(parts);
    for (const part of parts) await saidReady(part);
    await running.stop();
    expect(readFileSync(join(folder, 'stopped'), 'utf8')).toBe('executor rulegen prometheus ');
    expect(running.pids()).toEqual({});
    expect(deathsIn(events)).toEqual([]);
  });

  test('starts a part again that was killed, under a new number, and says so', async () => {
    const part = aPart('executor', WELL_BEHAVED);
    const running = supervise([part]);
    await saidReady(part);
    const before = running.pids().executor ?? 0;
    process.kill(before, 'SIGKILL');
    const after = await eventually('it runs again', () => {
      const pid = running.pids().executor;
      return pid !== undefined && pid !== before && pid;
    });
    expect(readPidFile(part.pidFile)?.pid).toBe(after);
    expect(deathsIn(events)).toMatchObject([{ part: 'executor', how: 'killed by SIGKILL' }]);
    expect(running.deaths('executor')).toBe(1);
  });

  test('waits longer after each death of a part that keeps dying', async () => {
    const running = supervise([aPart('executor', DYING)], createQuickClock(10));
    await eventually('four deaths', () => running.deaths('executor') >= 4);
    const waits = deathsIn(events).map(({ restartInMs }) => restartInMs);
    const [first = 0, second = 0, third = 0] = waits;
    expect(first).toBeLessThan(second);
    expect(second).toBeLessThan(third);
    expect(deathsIn(events)[0]?.how).toBe('ended with exit code 3');
  });

  test('kills a part that does not end when told to', async () => {
    const part = aPart('executor', STUBBORN);
    const running = supervise([part], createQuickClock(20));
    await saidReady(part);
    const pid = running.pids().executor ?? 0;
    await running.stop();
    expect(() => process.kill(pid, 0)).toThrow('ESRCH');
  });

  test('says why a part cannot even be started', async () => {
    const part = { ...aPart('executor', ''), command: ['/no/such/program'] };
    const running = supervise([part]);
    await eventually('it is said', () => running.deaths('executor') > 0);
    expect(deathsIn(events)[0]?.how).toContain('cannot start: spawn /no/such/program ENOENT');
  });

  test('puts a part into a session of its own, out of the terminal’s reach', async () => {
    const part = aPart('executor', WELL_BEHAVED);
    const running = supervise([part]);
    await saidReady(part);
    const pid = running.pids().executor ?? 0;
    const session = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ')[3];
    expect(Number(session)).toBe(pid);
  });
});

test('a log that grew too long is put aside at the next start', () => {
  const log = join(folder, 'x.log');
  writeFileSync(log, 'short');
  openLog(log);
  expect(readFileSync(log, 'utf8')).toBe('short');
  truncateSync(log, 11 * 1024 * 1024);
  openLog(log);
  expect(readFileSync(log, 'utf8')).toBe('');
  expect(readFileSync(`${log}.1`, 'utf8')).toMatch(/^short/);
});
