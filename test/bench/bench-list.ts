import type { Bench } from './bench.ts';
import { exporterBench } from './exporter/exporter-bench.ts';

export const benches: readonly Bench[] = [exporterBench];
