/** What `docker stats` is made of, as an engine on cgroup version 2 gives it. */
import type Docker from 'dockerode';
import { z } from 'zod';

const operation = z.object({ major: z.number(), minor: z.number(), op: z.string(), value: z.number() });

const statsAnswer = z.object({
  pids_stats: z.object({ current: z.number() }),
  cpu_stats: z.object({
    cpu_usage: z.object({
      total_usage: z.number(),
      usage_in_usermode: z.number(),
      usage_in_kernelmode: z.number(),
    }),
    throttling_data: z.object({
      periods: z.number(),
      throttled_periods: z.number(),
      throttled_time: z.number(),
    }),
  }),
  memory_stats: z.object({
    usage: z.number(),
    limit: z.number(),
    stats: z.object({
      anon: z.number(),
      file: z.number(),
      file_mapped: z.number(),
      inactive_file: z.number(),
      pgfault: z.number(),
    }),
  }),
  blkio_stats: z.object({ io_service_bytes_recursive: z.array(operation).nullable() }),
  networks: z
    .record(z.string(), z.object({ rx_bytes: z.number(), tx_bytes: z.number(), tx_packets: z.number() }))
    .default({}),
});

export type EngineStats = z.infer<typeof statsAnswer>;

/** Read once, at the engine's next tick. */
export async function readEngineStats(docker: Docker, name: string): Promise<EngineStats> {
  return statsAnswer.parse(await docker.getContainer(name).stats({ stream: false, 'one-shot': true }));
}
