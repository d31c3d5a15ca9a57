import type { Watched } from '../cgroup-files.ts';
import type { Family } from '../core/exposition.ts';
import { parsePressure, type StallTimes } from '../core/pressure.ts';
import { type CgroupCollector, counter } from './collector.ts';

type Resource = {
  readonly file: string;
  readonly waiting: Family;
  readonly stalled: Family;
};

const resource = (name: string, word: string): Resource => ({
  file: `${name}.pressure`,
  waiting: counter(
    `container_pressure_${name}_waiting_seconds_total`,
    `Time in which at least one task waited for ${word}.`,
  ),
  stalled: counter(
    `container_pressure_${name}_stalled_seconds_total`,
    `Time in which all tasks waited for ${word}.`,
  ),
});

const RESOURCES = [resource('cpu', 'the CPU'), resource('memory', 'memory'), resource('io', 'I/O')];
const MICRO = 1e6;

const noTimes = (): StallTimes => ({ someMicroseconds: Number.NaN, fullMicroseconds: Number.NaN });

/** The kernel keeps these in the version 2 tree alone, which a hybrid machine has beside version 1. */
export const pressureCollector: CgroupCollector = {
  name: 'pressure',
  families: RESOURCES.flatMap(({ waiting, stalled }) => [waiting, stalled]),
  open({ files, labels }) {
    const watched = RESOURCES.map(({ file }) => files.parsed('unified', [file], noTimes(), parsePressure));
    return {
      read(out) {
        for (let index = 0; index < watched.length; index += 1) {
          const { waiting, stalled } = RESOURCES[index] as Resource;
          const { someMicroseconds, fullMicroseconds } = (watched[index] as Watched<StallTimes>).read();
          out.add(waiting, labels, someMicroseconds / MICRO);
          out.add(stalled, labels, fullMicroseconds / MICRO);
        }
      },
    };
  },
};
