/** A release as workers fetch it: what make-release.sh packs, over HTTPS, by an authority that only the cloud's VMs know. */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { run } from '../cluster/command.ts';
import type { Engine } from '../cluster/engine.ts';
import { dockerFile } from '../real/docker/deployment.ts';
import { writeTlsFiles } from '../tls-files.ts';

export type Release = AsyncDisposable & {
  readonly url: string;
  readonly sha256: string;
  /** The authority's certificate. */
  readonly authority: string;
  /** How often it was fetched to its end. */
  fetches(): number;
};

const PACK_WITHIN_MS = 60_000;

/** Serves it with the engine's images at this machine's address on the engine's network. Who asks first is refused. */
export async function serveRelease(engine: Engine, images: readonly string[]): Promise<Release> {
  const folder = await mkdtemp(join(tmpdir(), 'micado-release-'));
  const archive = join(folder, 'micado.tar.gz');
  await run('sh', [dockerFile('make-release.sh'), archive, ...images], {
    withinMs: PACK_WITHIN_MS,
    env: { DOCKER_HOST: engine.dockerHost, GZIP: '-1' },
  });
  writeTlsFiles(folder, engine.hostAddress);
  const read = (name: string): Promise<string> => readFile(join(folder, name), 'utf8');
  let requests = 0;
  let fetches = 0;
  const server = createServer({ cert: await read('cert.pem'), key: await read('key.pem') }, (_, response) => {
    requests += 1;
    if (requests === 1) {
      response.writeHead(503).end();
      return;
    }
    pipeline(createReadStream(archive), response).then(
      () => {
        fetches += 1;
      },
      () => response.destroy(),
    );
  });
  server.listen(0, engine.hostAddress);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `https://${engine.hostAddress}:${port}/micado.tar.gz`,
    sha256: createHash('sha256')
      .update(await readFile(archive))
      .digest('hex'),
    authority: await read('ca.pem'),
    fetches: () => fetches,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await rm(folder, { recursive: true });
    },
  };
}
