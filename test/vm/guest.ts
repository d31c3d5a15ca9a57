/** A virtual machine on a segment of the test cluster: a clone of the guest image, set up by cloud-init. */
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '../cluster/command.ts';
import { checkEngineName, engineId, segmentAddress } from '../cluster/engine-name.ts';
import { plugIn } from '../cluster/namespace.ts';
import { removeEngine, type Segment } from '../cluster/segment.ts';
import { spawnInNamespace } from '../cluster/spawn-in-namespace.ts';
import { eventually } from '../eventually.ts';
import { type Seed, writeSeed } from './disc.ts';
import { type GuestImage, guestImage } from './guest-image.ts';
import { commandMachine } from './qmp.ts';

export type Guest = AsyncDisposable & {
  readonly name: string;
  /** On the segment: this machine and its engines reach the guest there. */
  readonly address: string;
  /** All that it wrote to its serial console. */
  console(): Promise<string>;
  /** As `eventually`; fails at once when the guest is off, and with the end of its console. */
  reaches<T>(what: string, probe: Probe<T>, withinMs?: number): Promise<T>;
  /** Presses the power button and waits until the guest is off. */
  powerOff(): Promise<void>;
  /** Pulls the plug and removes all that the guest has. Idempotent. */
  stop(): Promise<void>;
};

type Probe<T> = () => Promise<T | undefined | false> | T | undefined | false;

export type GuestOptions = Pick<Seed, 'name' | 'userData' | 'vendorData' | 'routes'> & {
  /** The last number of its address. */
  readonly hostNumber: number;
  readonly cpus: number;
  readonly memoryMb: number;
  /** Files of read-only discs. */
  readonly discs?: readonly string[];
};

/** One that starts alone is there after a minute; beside the work of others it may take four. */
const BOOT_WITHIN_MS = 300_000;
const POWER_OFF_WITHIN_MS = 60_000;
const CONSOLE_SHOWN_BYTES = 4_000;

/** The guest has just been switched on; what it is to become is waited for by `reaches`. */
export async function startGuest(segment: Segment, options: GuestOptions): Promise<Guest> {
  const { name, hostNumber } = options;
  checkEngineName(name);
  const image = await guestImage();
  const id = engineId(segment.number, name);
  const folder = join(segment.folder, name);
  const address = segmentAddress(segment.number, hostNumber);
  const stop = (): Promise<void> => removeEngine(segment.number, segment.folder, name);
  const read = (name: string): Promise<string> => readFile(join(folder, name), 'utf8').catch(() => '');
  const console = (): Promise<string> => read(CONSOLE);
  const macAddress = `52:54:00:4d:${hexByte(segment.number)}:${hexByte(hostNumber)}`;
  await mkdir(folder, { recursive: true });
  try {
    await plugIn(segment.number, id);
    await addTap(id);
    await writeSeed(join(folder, SEED), { ...options, macAddress, address: `${address}/24` });
    await clone(image, join(folder, DISK));
    const flags = machineFlags(image, folder, macAddress, options);
    const machine = spawnInNamespace(id, join(folder, LOG), ['qemu-system-x86_64', ...flags]);
    const end = async (): Promise<void> => {
      // One that has only just been started is not in the namespace yet, and so not found there.
      machine.kill('SIGKILL');
      await stop();
    };
    const isOff = (): boolean => machine.exitCode !== null || machine.signalCode !== null;
    return {
      name,
      address,
      console,
      async reaches(what, probe, withinMs = BOOT_WITHIN_MS) {
        const outcome = await eventually(
          what,
          async () => {
            if (isOff()) return { kind: 'off' } as const;
            const value = await probe();
            return value === undefined || value === false ? undefined : ({ kind: 'reached', value } as const);
          },
          { withinMs, everyMs: 500 },
        ).catch((error: unknown) => ({ kind: 'late', error }) as const);
        if (outcome.kind === 'reached') return outcome.value;
        const why = outcome.kind === 'off' ? `${name} is off: ${what}` : String(outcome.error);
        const said = (await console()) + (await read(LOG));
        throw new Error(`${why}\n${said.slice(-CONSOLE_SHOWN_BYTES)}`);
      },
      async powerOff() {
        await commandMachine(join(folder, MONITOR), 'system_powerdown');
        await eventually(`${name} is off`, isOff, { withinMs: POWER_OFF_WITHIN_MS });
      },
      stop: end,
      [Symbol.asyncDispose]: end,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

const [CONSOLE, DISK, LOG, MONITOR, SEED] = ['console', 'disk.qcow2', 'log', 'monitor.sock', 'seed.iso'];

const hexByte = (value: number): string => value.toString(16).padStart(2, '0');

/** The guest's end of the cable, bridged to the namespace's link onto the segment. */
async function addTap(id: string): Promise<void> {
  const inside = (...args: string[]): Promise<string> => run('ip', ['-n', id, ...args]);
  await inside('link', 'add', 'br0', 'type', 'bridge');
  await inside('tuntap', 'add', 'tap0', 'mode', 'tap');
  for (const link of ['eth0', 'tap0']) await inside('link', 'set', link, 'master', 'br0', 'up');
  await inside('link', 'set', 'br0', 'up');
}

async function clone({ disk }: GuestImage, target: string): Promise<void> {
  await run('qemu-img', ['create', '-q', '-f', 'qcow2', '-b', disk, '-F', 'raw', target]);
}

/** Emulated: KVM within a virtual machine may be offered and yet stop a guest at its first steps. */
function machineFlags(
  { kernel, initrd }: GuestImage,
  folder: string,
  macAddress: string,
  { cpus, memoryMb, discs = [] }: GuestOptions,
): readonly string[] {
  // Without AppArmor's tools in the image, an engine that finds it in the kernel starts no container.
  const kernelFlags = 'root=/dev/vda rw console=ttyS0 quiet net.ifnames=0 apparmor=0 mitigations=off audit=0';
  const readOnly = [join(folder, SEED), ...discs].flatMap((file) => [
    '-drive',
    `file=${file},if=virtio,format=raw,readonly=on`,
  ]);
  // Translated code would otherwise take twice the guest's own memory.
  const processor = ['-accel', 'tcg,thread=multi,tb-size=128', '-cpu', 'max,la57=off,svm=off'];
  const network = ['-netdev', 'tap,id=net,ifname=tap0,script=no,downscript=no'];
  return ['-machine', 'q35', ...processor, '-smp', String(cpus), '-m', String(memoryMb)].concat(
    ['-nodefaults', '-no-user-config', '-display', 'none', '-no-reboot'],
    ['-kernel', kernel, '-initrd', initrd, '-append', kernelFlags],
    ['-drive', `file=${join(folder, DISK)},if=virtio,cache=unsafe`, ...readOnly],
    [...network, '-device', `virtio-net-pci,netdev=net,mac=${macAddress}`],
    ['-device', 'virtio-rng-pci', '-serial', `file:${join(folder, CONSOLE)}`],
    ['-qmp', `unix:${join(folder, MONITOR)},server=on,wait=off`],
  );
}
