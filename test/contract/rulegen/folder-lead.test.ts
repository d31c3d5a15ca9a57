/** Who leads a rules folder, on a real file system. */
import { spawn } from 'node:child_process';
import {
  lstatSync,
  lutimesSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { systemClock } from '../../../internal/daemon/clock.ts';
import { identifyProcess } from '../../../internal/daemon/process-identity.ts';
import { createFolderLead, LEAD_MARK } from '../../../rulegen/adapters/fs-folder-lead.ts';
import { createManualClock } from '../../fakes/manual-clock.ts';
import { aTempFolder } from '../../temp-folder.ts';

const leading = { kind: 'leading' };
const led = { kind: 'led_by', who: expect.stringMatching(/^process \d+ on .+/) };

/** The mark of a leader with these facts. */
function mark(folder: string, facts: Readonly<Record<string, unknown>>): void {
  const me = identifyProcess(process.pid);
  const pidNamespace = readlinkSync('/proc/self/ns/pid');
  const leader = { id: 'other', host: 'm2', ...me, pidNamespace, ...facts };
  symlinkSync(JSON.stringify(leader), join(folder, LEAD_MARK));
}

describe('the lead of a rules folder', () => {
  test('goes to the first who asks, and to the next when that one gives it up', async () => {
    const folder = aTempFolder();
    const first = createFolderLead(folder, systemClock);
    const second = createFolderLead(folder, systemClock);
    expect(await first.hold()).toEqual(leading);
    expect(await second.hold()).toEqual(led);
    expect(await first.hold()).toEqual(leading);
    await second.release();
    expect(await second.hold()).toEqual(led);
    await first.release();
    expect(readdirSync(folder)).toEqual([]);
    expect(await second.hold()).toEqual(leading);
    expect(await first.hold()).toEqual(led);
  });

  test('is taken at once from a process that was killed', async () => {
    const folder = aTempFolder();
    const child = spawn('sleep', ['60']);
    mark(folder, identifyProcess(child.pid ?? 0) ?? {});
    const lead = createFolderLead(folder, systemClock);
    expect(await lead.hold()).toEqual(led);
    const ended = new Promise((resolve) => {
      child.on('exit', resolve);
    });
    child.kill('SIGKILL');
    await ended;
    expect(await lead.hold()).toEqual(leading);
  });

  test('is not left to a process that has the number of a dead one', async () => {
    const folder = aTempFolder();
    mark(folder, { startTicks: '1' });
    expect(await createFolderLead(folder, systemClock).hold()).toEqual(leading);
  });

  test.each([
    ['on another host', { bootId: 'another' }],
    ['in another container', { pidNamespace: 'pid:[1]' }],
  ])('is taken from one %s only when it has not been renewed for 15 s', async (_where, facts) => {
    const folder = aTempFolder();
    const clock = createManualClock();
    mark(folder, facts);
    const renewed = new Date(clock.now());
    lutimesSync(join(folder, LEAD_MARK), renewed, renewed);
    const lead = createFolderLead(folder, clock);
    expect(await lead.hold()).toEqual(led);
    await clock.advance(14_000);
    expect(await lead.hold()).toEqual(led);
    await clock.advance(2_000);
    expect(await lead.hold()).toEqual(leading);
  });

  test('is renewed by asking for it again', async () => {
    const folder = aTempFolder();
    const clock = createManualClock();
    const lead = createFolderLead(folder, clock);
    await lead.hold();
    await clock.advance(14_000);
    await lead.hold();
    expect(lstatSync(join(folder, LEAD_MARK)).mtimeMs).toBe(clock.now());
  });

  test('is lost to whoever took it meanwhile', async () => {
    const folder = aTempFolder();
    const lead = createFolderLead(folder, systemClock);
    await lead.hold();
    await lead.release();
    mark(folder, {});
    expect(await lead.hold()).toEqual(led);
  });

  test('cannot be had where the folder is no folder', async () => {
    const path = join(aTempFolder(), 'file');
    writeFileSync(path, '');
    await expect(createFolderLead(path, systemClock).hold()).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('not writable'),
    });
    expect(readFileSync(path, 'utf8')).toBe('');
  });
});
