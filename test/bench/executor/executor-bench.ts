/** `npm run bench -- executor`. */
import { durationFlag, integerFlag } from '../../../internal/daemon/flag-kinds.ts';
import { callHttp } from '../../../internal/daemon/http-client.ts';
import { startEngine } from '../../cluster/cluster.ts';
import { loadBusybox } from '../../cluster/images.ts';
import { eventually } from '../../eventually.ts';
import { type BenchOptions, defineBench } from '../bench.ts';
import { atMost, below, type Figure, median } from '../figure.ts';
import { residentMbOf } from '../process-usage.ts';
import { type AlertingStack, startAlertingStack } from './alerting-stack.ts';
import { measureNoise } from './noise.ts';
import { measureGroups, measureSingleAlerts } from './reaction.ts';
import { watchUpdates } from './watch-updates.ts';

const flags = {
  rounds: integerFlag({ help: 'How many single alerts the median is of.', min: 5, fallback: 60 }),
  'noise.duration': durationFlag({ help: 'How long to make noise.', minMs: 10_000, fallback: 600_000 }),
};

export const executorBench = defineBench({
  name: 'executor',
  summary: 'From a webhook to changed replicas, alone, in a group and amid noise, beside bare updates.',
  flags,
  run: runExecutorBench,
});

const STARTS = 5;
const MOST_START_S = 1;
const MOST_RESIDENT_MB = 90;

async function runExecutorBench(options: BenchOptions<typeof flags>): Promise<readonly Figure[]> {
  const { flags: chosen, progress, signal } = options;
  await using engine = await startEngine();
  const image = await loadBusybox(engine);
  await using stack = await startAlertingStack(engine);
  const figures: Figure[] = [...(await measureStarts(stack, progress))];
  using updates = await watchUpdates(engine);
  const common = { engine, image, stack, updates, rounds: chosen.rounds, progress };
  for (const measure of [measureSingleAlerts, measureGroups]) {
    signal.throwIfAborted();
    figures.push(...(await measure(common)));
  }
  figures.push(...(await measureNoise({ ...common, durationMs: chosen['noise.duration'], signal })));
  return figures;
}

/** From the start of the process until it says that it is ready, and what it then has in memory. */
async function measureStarts(
  stack: AlertingStack,
  progress: (line: string) => void,
): Promise<readonly Figure[]> {
  progress(`${STARTS} starts`);
  const seconds: number[] = [];
  const residentMb: number[] = [];
  for (let start = 0; start < STARTS; start += 1) {
    const startMs = performance.now();
    await using executor = await stack.startExecutor();
    await eventually('it is ready', () => isReady(executor.url), { withinMs: 20_000, everyMs: 5 });
    seconds.push((performance.now() - startMs) / 1000);
    residentMb.push(residentMbOf(executor.pid));
  }
  return [
    below(MOST_START_S, { name: 'start_ready_s', value: median(seconds), unit: 's' }),
    atMost(MOST_RESIDENT_MB, { name: 'rss_mb', value: median(residentMb), unit: 'MB' }),
  ];
}

async function isReady(url: string): Promise<boolean> {
  return (await callHttp({ url: `${url}/-/ready`, timeoutMs: 1_000 })).status === 200;
}
