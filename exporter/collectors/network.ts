import { isOthersNetwork } from '../core/container-info.ts';
import { type Family, type LabelText, prependLabel, type Samples } from '../core/exposition.ts';
import { forEachInterface, NET_FIELD } from '../core/net-dev.ts';
import { type ContainerCollector, counter } from './collector.ts';

const FIELDS: readonly (readonly [Family, number])[] = [
  [counter('container_network_receive_bytes_total', 'Bytes received.'), NET_FIELD.receivedBytes],
  [counter('container_network_receive_packets_total', 'Packets received.'), NET_FIELD.receivedPackets],
  [counter('container_network_receive_errors_total', 'Errors while receiving.'), NET_FIELD.receivedErrors],
  [
    counter('container_network_receive_packets_dropped_total', 'Packets dropped while receiving.'),
    NET_FIELD.receivedDropped,
  ],
  [counter('container_network_transmit_bytes_total', 'Bytes sent.'), NET_FIELD.sentBytes],
  [counter('container_network_transmit_packets_total', 'Packets sent.'), NET_FIELD.sentPackets],
  [counter('container_network_transmit_errors_total', 'Errors while sending.'), NET_FIELD.sentErrors],
  [
    counter('container_network_transmit_packets_dropped_total', 'Packets dropped while sending.'),
    NET_FIELD.sentDropped,
  ],
];

export const NETWORK_FAMILIES: readonly Family[] = FIELDS.map(([family]) => family);

const IGNORED = /^(lo$|veth|docker|nerdctl)/;

/** A container in the machine's network, or in another container's, has no series: the figures there are not its own. */
export const networkCollector: ContainerCollector = {
  name: 'network',
  families: NETWORK_FAMILIES,
  open({ files, labels }) {
    if (files.location.foreignNetwork) return { read() {} };
    // An open net/dev keeps the network name space alive and gives figures after the container's end: it is read only
    // in a scrape in which the cgroup was found alive, and closed with it.
    const readDevices = files.processText('net/dev');
    const add = createInterfaceWriter(labels);
    return { read: (out) => forEachInterface(readDevices(), (name, figures) => add(out, name, figures)) };
  },
  openStats({ labels, info, stats }) {
    if (isOthersNetwork(info().networkMode)) return { read() {} };
    const add = createInterfaceWriter(labels);
    return {
      read(out) {
        for (const { name, figures } of stats()?.interfaces ?? []) add(out, name, figures);
      },
    };
  },
};

export type InterfaceWriter = (out: Samples, name: string, figures: Float64Array) => void;

/** Adds the figures of an interface, unless it is the machine's own plumbing. */
export function createInterfaceWriter(labels: LabelText): InterfaceWriter {
  const labelsOf = createLabelCache((name) =>
    IGNORED.test(name) ? undefined : prependLabel(labels, 'interface', name),
  );
  return (out, name, figures) => {
    const own = labelsOf(name);
    if (own === undefined) return;
    for (const [family, field] of FIELDS) out.add(family, own, figures[field] as number);
  };
}

/** What `render` gives for a key, made once. Most containers that have no network never need the map. */
function createLabelCache(
  render: (key: string) => LabelText | undefined,
): (key: string) => LabelText | undefined {
  let cache: Map<string, LabelText | undefined> | undefined;
  return (key) => {
    cache ??= new Map();
    if (!cache.has(key)) cache.set(key, render(key));
    return cache.get(key);
  };
}
