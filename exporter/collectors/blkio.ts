import type { CgroupFiles } from '../cgroup-files.ts';
import { type BlockOperation, forEachIoStat, forEachOperation } from '../core/block-io.ts';
import { type Family, type LabelText, prependLabel, type Samples } from '../core/exposition.ts';
import { type CgroupCollector, counter } from './collector.ts';

export const readBytes = counter('container_fs_reads_bytes_total', 'Bytes read from a device.');
export const writtenBytes = counter('container_fs_writes_bytes_total', 'Bytes written to a device.');
export const reads = counter('container_fs_reads_total', 'Reads from a device.');
export const writes = counter('container_fs_writes_total', 'Writes to a device.');
const deviceUsage = counter('container_blkio_device_usage_total', 'Bytes by device and operation.');

export type DeviceName = (major: number, minor: number) => string;

export function createBlkioCollector(deviceName: DeviceName): CgroupCollector {
  return {
    name: 'blkio',
    families: [readBytes, writtenBytes, reads, writes, deviceUsage],
    open({ files, labels }) {
      const labelsOf = createDeviceLabels(labels, deviceName);
      const read = files.version('blkio') === 2 ? readerV2(files, labelsOf) : readerV1(files, labelsOf);
      return { read };
    },
    openStats({ labels, stats }) {
      const labelsOf = createDeviceLabels(labels, deviceName);
      return {
        read(out) {
          for (const { major, minor, operation, value } of stats()?.blockBytes ?? [])
            addBytes(out, labelsOf(major, minor), operation, value);
          for (const { major, minor, operation, value } of stats()?.blockOperations ?? [])
            addDirection(out, labelsOf(major, minor).device, operation, value, reads, writes);
        },
      };
    },
  };
}

type DeviceLabels = {
  readonly device: LabelText;
  /** For `container_blkio_device_usage_total`, which says more of the device. */
  ofOperation(operation: string): LabelText;
};
type LabelsOf = (major: number, minor: number) => DeviceLabels;
type Read = (out: Samples) => void;

/** Rendered once for each device. */
function createDeviceLabels(labels: LabelText, deviceName: DeviceName): LabelsOf {
  const devices = new Map<string, DeviceLabels>();
  return (major, minor) => {
    const number = `${major}:${minor}`;
    const known = devices.get(number);
    if (known !== undefined) return known;
    const name = deviceName(major, minor);
    const numbered = prependLabel(prependLabel(labels, 'minor', String(minor)), 'major', String(major));
    const operations = new Map<string, LabelText>();
    const made: DeviceLabels = {
      device: prependLabel(labels, 'device', name),
      ofOperation(operation) {
        const text =
          operations.get(operation) ??
          prependLabel(prependLabel(numbered, 'operation', operation), 'device', name);
        operations.set(operation, text);
        return text;
      },
    };
    devices.set(number, made);
    return made;
  };
}

type OperationRow = {
  readonly major: number;
  readonly minor: number;
  readonly operation: BlockOperation;
  readonly value: number;
};

/** An idle container has no device in these files, and so no series. */
function readerV1(files: CgroupFiles, labelsOf: LabelsOf): Read {
  // Kernels before 4.18 have only the files that leave out cgroups further down.
  const bytes = operationsReader(files, 'blkio.throttle.io_service_bytes');
  const counts = operationsReader(files, 'blkio.throttle.io_serviced');
  return (out) => {
    for (const { major, minor, operation, value } of bytes())
      addBytes(out, labelsOf(major, minor), operation, value);
    for (const { major, minor, operation, value } of counts())
      addDirection(out, labelsOf(major, minor).device, operation, value, reads, writes);
  };
}

function operationsReader(files: CgroupFiles, name: string): () => readonly OperationRow[] {
  const rows: OperationRow[] = [];
  const read = files.parsed('blkio', [`${name}_recursive`, name], rows, (text) => {
    rows.length = 0;
    forEachOperation(text, (major, minor, operation, value) => rows.push({ major, minor, operation, value }));
    return true;
  });
  return () => {
    read();
    return rows;
  };
}

function addBytes(out: Samples, labels: DeviceLabels, operation: BlockOperation, value: number): void {
  addDirection(out, labels.device, operation, value, readBytes, writtenBytes);
  out.add(deviceUsage, labels.ofOperation(operation), value);
}

function addDirection(
  out: Samples,
  labels: LabelText,
  operation: BlockOperation,
  value: number,
  read: Family,
  written: Family,
): void {
  if (operation === 'Read') out.add(read, labels, value);
  if (operation === 'Write') out.add(written, labels, value);
}

function readerV2(files: CgroupFiles, labelsOf: LabelsOf): Read {
  // Read also of a container at rest: what it wrote is counted when the kernel takes it to the disc.
  const stat = files.text('blkio', 'io.stat');
  return (out) =>
    forEachIoStat(stat(), (major, minor, io) => {
      const { device, ofOperation } = labelsOf(major, minor);
      out.add(readBytes, device, io.readBytes);
      out.add(writtenBytes, device, io.writtenBytes);
      out.add(reads, device, io.reads);
      out.add(writes, device, io.writes);
      out.add(deviceUsage, ofOperation('Read'), io.readBytes);
      out.add(deviceUsage, ofOperation('Write'), io.writtenBytes);
    });
}
