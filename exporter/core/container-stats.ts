/**
 * An answer to `GET /containers/<id>/stats`: the figures that the engine has read from the same files. What it leaves out is
 * NaN or missing.
 */
import { type BlockOperation, toBlockOperation } from './block-io.ts';
import { jsonAt, listAt, numberAt, textAt } from './json-at.ts';
import { NET_FIELD } from './net-dev.ts';

export type ContainerStats = {
  readonly cpu: {
    readonly usageSeconds: number;
    readonly userSeconds: number;
    readonly systemSeconds: number;
    readonly periods: number;
    readonly throttledPeriods: number;
    readonly throttledSeconds: number;
  };
  readonly memory: {
    readonly usageBytes: number;
    readonly maxUsageBytes: number;
    readonly limitHits: number;
    /** `memory.stat`, with the keys of whichever version of cgroups the engine has. */
    readonly stat: Readonly<Record<string, unknown>>;
  };
  readonly threads: number;
  /** Figures in the places of `NET_FIELD`. */
  readonly interfaces: readonly { readonly name: string; readonly figures: Float64Array }[];
  readonly blockBytes: readonly BlockFigure[];
  readonly blockOperations: readonly BlockFigure[];
};

export type BlockFigure = {
  readonly major: number;
  readonly minor: number;
  readonly operation: BlockOperation;
  readonly value: number;
};

const NANO = 1e9;

export function parseContainerStats(json: unknown): ContainerStats {
  const cpu = (...keys: readonly string[]): number => numberAt(json, 'cpu_stats', ...keys);
  return {
    cpu: {
      usageSeconds: cpu('cpu_usage', 'total_usage') / NANO,
      userSeconds: cpu('cpu_usage', 'usage_in_usermode') / NANO,
      systemSeconds: cpu('cpu_usage', 'usage_in_kernelmode') / NANO,
      periods: cpu('throttling_data', 'periods'),
      throttledPeriods: cpu('throttling_data', 'throttled_periods'),
      throttledSeconds: cpu('throttling_data', 'throttled_time') / NANO,
    },
    memory: {
      usageBytes: numberAt(json, 'memory_stats', 'usage'),
      maxUsageBytes: numberAt(json, 'memory_stats', 'max_usage'),
      limitHits: numberAt(json, 'memory_stats', 'failcnt'),
      stat: recordAt(json, 'memory_stats', 'stats'),
    },
    threads: numberAt(json, 'pids_stats', 'current'),
    interfaces: Object.entries(recordAt(json, 'networks')).map(([name, figures]) => ({
      name,
      figures: parseInterface(figures),
    })),
    blockBytes: parseBlockFigures(listAt(json, 'blkio_stats', 'io_service_bytes_recursive')),
    blockOperations: parseBlockFigures(listAt(json, 'blkio_stats', 'io_serviced_recursive')),
  };
}

const NET_KEYS = {
  receivedBytes: 'rx_bytes',
  receivedPackets: 'rx_packets',
  receivedErrors: 'rx_errors',
  receivedDropped: 'rx_dropped',
  sentBytes: 'tx_bytes',
  sentPackets: 'tx_packets',
  sentErrors: 'tx_errors',
  sentDropped: 'tx_dropped',
} as const;

function parseInterface(json: unknown): Float64Array {
  const figures = new Float64Array(16).fill(Number.NaN);
  for (const [field, key] of Object.entries(NET_KEYS))
    figures[NET_FIELD[field as keyof typeof NET_KEYS]] = numberAt(json, key);
  return figures;
}

function parseBlockFigures(list: readonly unknown[]): readonly BlockFigure[] {
  return list.flatMap((one) => {
    const operation = toBlockOperation(textAt(one, 'op'));
    const [major, minor, value] = [numberAt(one, 'major'), numberAt(one, 'minor'), numberAt(one, 'value')];
    const complete = operation !== undefined && !Number.isNaN(major + minor + value);
    return complete ? [{ major, minor, operation, value }] : [];
  });
}

function recordAt(json: unknown, ...keys: readonly string[]): Readonly<Record<string, unknown>> {
  const at = jsonAt(json, ...keys);
  return typeof at === 'object' && at !== null ? (at as Readonly<Record<string, unknown>>) : {};
}
