/**
 * What no cgroup says of the whole machine: its network, disks, threads and swap, with `id="/"` as cAdvisor has them. Each
 * belongs to the collector that has the same of containers, and is switched off with it.
 */
import { DISK_FIELD, forEachDisk } from '../core/disk-stats.ts';
import { type Family, type LabelText, prependLabel, type Samples } from '../core/exposition.ts';
import { type KernelText, textOf } from '../core/kernel-text.ts';
import { forEachInterface } from '../core/net-dev.ts';
import { readBytes, reads, writes, writtenBytes } from './blkio.ts';
import { counter, gauge } from './collector.ts';
import { lastSeen, started } from './lifecycle.ts';
import { oomEvents, swap } from './memory-families.ts';
import { createInterfaceWriter, NETWORK_FAMILIES } from './network.ts';
import { threads } from './pids.ts';

const SECTOR_BYTES = 512;
const MILLI = 1 / 1_000;

/** Family, field, and what a unit of the field is. */
const DISK_FIELDS: readonly (readonly [Family, number, number])[] = [
  [readBytes, DISK_FIELD.sectorsRead, SECTOR_BYTES],
  [writtenBytes, DISK_FIELD.sectorsWritten, SECTOR_BYTES],
  [reads, DISK_FIELD.reads, 1],
  [writes, DISK_FIELD.writes, 1],
  [counter('container_fs_sector_reads_total', 'Sectors of 512 bytes read.'), DISK_FIELD.sectorsRead, 1],
  [
    counter('container_fs_sector_writes_total', 'Sectors of 512 bytes written.'),
    DISK_FIELD.sectorsWritten,
    1,
  ],
  [counter('container_fs_reads_merged_total', 'Reads merged with others.'), DISK_FIELD.readsMerged, 1],
  [counter('container_fs_writes_merged_total', 'Writes merged with others.'), DISK_FIELD.writesMerged, 1],
  [counter('container_fs_read_seconds_total', 'Time that reads took, added up.'), DISK_FIELD.readMs, MILLI],
  [
    counter('container_fs_write_seconds_total', 'Time that writes took, added up.'),
    DISK_FIELD.writeMs,
    MILLI,
  ],
  [gauge('container_fs_io_current', 'Reads and writes under way.'), DISK_FIELD.inProgress, 1],
  [counter('container_fs_io_time_seconds_total', 'Time with anything under way.'), DISK_FIELD.ioMs, MILLI],
  [
    counter('container_fs_io_time_weighted_seconds_total', 'Time with anything under way, times how much.'),
    DISK_FIELD.weightedIoMs,
    MILLI,
  ],
];

export type HostFiles = {
  /** A file under procfs; empty where it cannot be read. */
  read(path: string): KernelText;
};

type Add = (out: Samples, nowSeconds: number) => void;
type HostPart = {
  readonly collector: string;
  readonly families: readonly Family[];
  open(host: HostFiles, labels: LabelText): Add;
};

const PARTS: readonly HostPart[] = [
  { collector: 'lifecycle', families: [lastSeen, started], open: openLifecycle },
  { collector: 'pids', families: [threads], open: openThreads },
  { collector: 'memory', families: [oomEvents, swap], open: openMemory },
  { collector: 'network', families: NETWORK_FAMILIES, open: openNetwork },
  { collector: 'blkio', families: DISK_FIELDS.map(([family]) => family), open: openDisks },
];

export type HostReading = { readonly families: readonly Family[]; readonly add: Add };

/** @param enabled whether a collector is on */
export function createHostReading(
  host: HostFiles,
  labels: LabelText,
  enabled: (collector: string) => boolean,
): HostReading {
  const parts = PARTS.filter(({ collector }) => enabled(collector));
  const adds = parts.map(({ open }) => open(host, labels));
  return {
    families: parts.flatMap(({ families }) => families),
    add(out, nowSeconds) {
      for (const add of adds) add(out, nowSeconds);
    },
  };
}

function openLifecycle({ read }: HostFiles, labels: LabelText): Add {
  const bootSeconds = numberIn(read('stat'), /^btime (\d+)$/m);
  return (out, nowSeconds) => {
    out.add(lastSeen, labels, Math.floor(nowSeconds));
    out.add(started, labels, bootSeconds);
  };
}

function openThreads({ read }: HostFiles, labels: LabelText): Add {
  return (out) => out.add(threads, labels, numberIn(read('loadavg'), /\/(\d+) /));
}

function openMemory({ read }: HostFiles, labels: LabelText): Add {
  return (out) => {
    out.add(oomEvents, labels, numberIn(read('vmstat'), /^oom_kill (\d+)$/m));
    const memory = read('meminfo');
    const [total, free] = [/^SwapTotal: +(\d+) kB$/m, /^SwapFree: +(\d+) kB$/m].map((key) =>
      numberIn(memory, key),
    );
    out.add(swap, labels, ((total ?? Number.NaN) - (free ?? Number.NaN)) * 1024);
  };
}

function openNetwork({ read }: HostFiles, labels: LabelText): Add {
  const addInterface = createInterfaceWriter(labels);
  return (out) => forEachInterface(read('1/net/dev'), (name, figures) => addInterface(out, name, figures));
}

function openDisks({ read }: HostFiles, labels: LabelText): Add {
  const labelsOf = new Map<string, LabelText>();
  return (out) =>
    forEachDisk(read('diskstats'), (name, figures) => {
      const own = labelsOf.get(name) ?? prependLabel(labels, 'device', `/dev/${name}`);
      labelsOf.set(name, own);
      for (const [family, field, unit] of DISK_FIELDS)
        out.add(family, own, (figures[field] as number) * unit);
    });
}

/** Once a scrape, so that a pattern is cheap enough. */
function numberIn(text: KernelText, pattern: RegExp): number {
  return Number(pattern.exec(textOf(text))?.[1] ?? Number.NaN);
}
