import type { Bench } from './bench.ts';
import { executorBench } from './executor/executor-bench.ts';
import { exporterBench } from './exporter/exporter-bench.ts';
import { imagesBench } from './images/images-bench.ts';
import { pageBench } from './page/page-bench.ts';
import { rulegenBench } from './rulegen/rulegen-bench.ts';

export const benches: readonly Bench[] = [executorBench, exporterBench, imagesBench, pageBench, rulegenBench];
