/** Our exporter beside a real engine, warmed up as it is after some minutes under Prometheus. */
import type { Engine } from '../../cluster/engine.ts';
import { eventually } from '../../eventually.ts';
import { startBinary } from '../child-program.ts';
import { createScrapeClient, sampleValue } from './scrape-client.ts';
import type { Subject } from './subject.ts';

const WARM_UP_SCRAPES = 15;

/** When it shows `containers` containers. */
export async function startExporterSubject(
  flags: readonly string[],
  containers: number,
): Promise<Subject & AsyncDisposable> {
  const binary = await startBinary('exporter', flags);
  const client = createScrapeClient(binary.url);
  const dispose = async (): Promise<void> => {
    client[Symbol.dispose]();
    await binary[Symbol.asyncDispose]();
  };
  try {
    await eventually(
      'the exporter has all containers',
      async () =>
        sampleValue((await client.scrape()).body, 'micado_exporter_containers_tracked') === containers,
      { withinMs: 30_000, everyMs: 200 },
    );
    for (let count = 0; count < WARM_UP_SCRAPES; count += 1) {
      await client.scrape('identity');
      await client.scrape('gzip');
    }
    return { pid: binary.pid, client, [Symbol.asyncDispose]: dispose };
  } catch (error) {
    await dispose();
    throw error;
  }
}

export const besideEngine = (engine: Engine): readonly string[] => [`--docker.host=${engine.dockerHost}`];
