/** A served application: each replica answers on its node's own address and finishes what it accepted after SIGTERM. */
import type Docker from 'dockerode';
import { busyboxFiles } from '../../../deploy/demo/busybox.ts';
import { type LocalImage, loadLocalImage } from '../../../deploy/demo/local-image.ts';
import { SERVICE_LABEL } from '../../../internal/contract/labels.ts';
import { callDocker } from '../../../internal/docker/docker-client.ts';
import { findBusybox } from '../images.ts';

export const APP_PATH = '/cgi-bin/hello';

/** Each request takes a while, so that some are under way at any moment. */
const HELLO = `#!/bin/sh
sleep 0.05
printf 'Content-Type: text/plain\\r\\n\\r\\nhello\\n'
`;

/** busybox serves each connection by a process of its own: those outlive the one that listens. */
const SERVE = `trap 'kill $server; sleep 1; exit 0' TERM
httpd -f -p "$PORT" -h /www & server=$!
wait $server
`;

/** Every engine that may run the application needs it. */
export async function servedImage(): Promise<LocalImage> {
  const script = (path: string, text: string) =>
    ({ kind: 'file', path, mode: 0o755, content: Buffer.from(text) }) as const;
  return {
    name: 'micado-served',
    files: [
      ...(await busyboxFiles(await findBusybox())),
      script('www/cgi-bin/hello', HELLO),
      script('serve.sh', SERVE),
    ],
    command: ['sh', '/serve.sh'],
  };
}

export type ServedApp = {
  readonly name: string;
  /** On the address of each node; no two applications share one. */
  readonly port: number;
  readonly replicas: number;
  readonly pool: string;
};

/** No two replicas on one worker, and never scaled: what happens to its replicas is the drain's doing alone. */
export async function createServedApp(docker: Docker, app: ServedApp): Promise<void> {
  const image = await loadLocalImage(docker, await servedImage());
  await callDocker(`creating ${app.name}`, () =>
    docker.createService({
      Name: app.name,
      Labels: { [SERVICE_LABEL.scale]: 'false' },
      Mode: { Replicated: { Replicas: app.replicas } },
      TaskTemplate: {
        ContainerSpec: { Image: image, Env: [`PORT=${app.port}`], StopGracePeriod: 5_000_000_000 },
        Placement: { Constraints: [`node.labels.micado.pool==${app.pool}`], MaxReplicas: 1 },
        RestartPolicy: { Condition: 'any', Delay: 500_000_000 },
        Networks: [{ Target: 'host' }],
      },
    } as Docker.CreateServiceOptions),
  );
}
