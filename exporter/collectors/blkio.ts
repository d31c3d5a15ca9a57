import type { CgroupFiles, Watched } from '../cgroup-files.ts';
import { type BlockOperation, forEachIoStat, forEachOperation } from '../core/block-io.ts';
import { type Family, type LabelText, prependLabel, type Samples } from '../core/exposition.ts';
import type { KernelText } from '../core/kernel-text.ts';
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
      const deviceOf = createDevices(labels, deviceName);
      const read = files.version('blkio') === 2 ? readerV2(files, deviceOf) : readerV1(files, deviceOf);
      return { read };
    },
    openStats({ labels, stats }) {
      const deviceOf = createDevices(labels, deviceName);
      return {
        read(out) {
          for (const { major, minor, operation, value } of stats()?.blockBytes ?? [])
            addBytes(out, deviceOf(major, minor), operation, value);
          for (const { major, minor, operation, value } of stats()?.blockOperations ?? [])
            addDirection(out, deviceOf(major, minor).labels, operation, value, reads, writes);
        },
      };
    },
  };
}

type Device = {
  readonly major: number;
  readonly minor: number;
  readonly labels: LabelText;
  /** For `container_blkio_device_usage_total`, which says more of the device. */
  ofOperation(operation: BlockOperation): LabelText;
};
type DeviceOf = (major: number, minor: number) => Device;
type Read = (out: Samples) => void;

/** Rendered once for each device. There are few, so that looking through them is quicker than a key would be made. */
function createDevices(labels: LabelText, deviceName: DeviceName): DeviceOf {
  const devices: Device[] = [];
  return (major, minor) => {
    for (const known of devices) if (known.major === major && known.minor === minor) return known;
    const made = createDevice(labels, major, minor, deviceName(major, minor));
    devices.push(made);
    return made;
  };
}

function createDevice(labels: LabelText, major: number, minor: number, name: string): Device {
  const operations: Partial<Record<BlockOperation, LabelText>> = {};
  const render = (operation: BlockOperation): LabelText => {
    const numbered = prependLabel(prependLabel(labels, 'minor', String(minor)), 'major', String(major));
    return prependLabel(prependLabel(numbered, 'operation', operation), 'device', name);
  };
  return {
    major,
    minor,
    labels: prependLabel(labels, 'device', name),
    ofOperation(operation) {
      operations[operation] ??= render(operation);
      return operations[operation];
    },
  };
}

type OperationRow = {
  readonly major: number;
  readonly minor: number;
  readonly operation: BlockOperation;
  readonly value: number;
};

/** An idle container has no device in these files, and so no series. */
function readerV1(files: CgroupFiles, deviceOf: DeviceOf): Read {
  // Kernels before 4.18 have only the files that leave out cgroups further down.
  const bytes = watchOperations(files, BYTES_V1);
  const counts = watchOperations(files, COUNTS_V1);
  return (out) => {
    for (const { major, minor, operation, value } of bytes.read())
      addBytes(out, deviceOf(major, minor), operation, value);
    for (const { major, minor, operation, value } of counts.read())
      addDirection(out, deviceOf(major, minor).labels, operation, value, reads, writes);
  };
}

const recursiveFirst = (name: string): readonly string[] => [`${name}_recursive`, name];
const BYTES_V1 = recursiveFirst('blkio.throttle.io_service_bytes');
const COUNTS_V1 = recursiveFirst('blkio.throttle.io_serviced');

const watchOperations = (files: CgroupFiles, names: readonly string[]): Watched<readonly OperationRow[]> =>
  files.parsed<OperationRow[]>('blkio', names, [], parseOperations);

function parseOperations(text: KernelText, rows: OperationRow[]): boolean {
  rows.length = 0;
  forEachOperation(text, (major, minor, operation, value) => rows.push({ major, minor, operation, value }));
  return true;
}

function addBytes(out: Samples, device: Device, operation: BlockOperation, value: number): void {
  addDirection(out, device.labels, operation, value, readBytes, writtenBytes);
  out.add(deviceUsage, device.ofOperation(operation), value);
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

function readerV2(files: CgroupFiles, deviceOf: DeviceOf): Read {
  // Read also of a container at rest: what it wrote is counted when the kernel takes it to the disc.
  const stat = files.text('blkio', 'io.stat');
  return (out) =>
    forEachIoStat(stat(), (major, minor, io) => {
      const device = deviceOf(major, minor);
      out.add(readBytes, device.labels, io.readBytes);
      out.add(writtenBytes, device.labels, io.writtenBytes);
      out.add(reads, device.labels, io.reads);
      out.add(writes, device.labels, io.writes);
      out.add(deviceUsage, device.ofOperation('Read'), io.readBytes);
      out.add(deviceUsage, device.ofOperation('Write'), io.writtenBytes);
    });
}
