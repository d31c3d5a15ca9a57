/** A served application: each replica answers at a port of its node and finishes what it accepted after SIGTERM. */
import type Docker from 'dockerode';
import { busyboxFiles } from '../../../deploy/demo/busybox.ts';
import { type LocalImage, loadLocalImage } from '../../../deploy/demo/local-image.ts';
import { SERVICE_LABEL } from '../../../internal/contract/labels.ts';
import { callDocker } from '../../../internal/docker/docker-client.ts';
import { findBusybox } from '../images.ts';

export const APP_PATH = '/cgi-bin/hello';
const CONTAINER_PORT = 80;

/** Each request takes a while, so that some are under way at any moment. */
const HELLO = `#!/bin/sh
sleep 0.05
printf 'Content-Type: text/plain\\r\\n\\r\\nhello\\n'
`;

/** busybox serves each connection by a process of its own: those outlive the one that listens. */
const SERVE = `trap 'kill $server; sleep 1; exit 0' TERM
sleep "$WARM_UP_S"
httpd -f -p ${CONTAINER_PORT} -h /www & server=$!
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

/** Swarm takes a task for running once its check has passed; none that fails counts while it may still warm up. */
const WARM_UP_CHECK = {
  Test: ['CMD', 'wget', '-q', '-O', '/dev/null', `http://127.0.0.1:${CONTAINER_PORT}${APP_PATH}`],
  Interval: 1_000_000_000,
  Timeout: 5_000_000_000,
  StartPeriod: 60_000_000_000,
  Retries: 3,
};

export type ServedApp = {
  readonly name: string;
  /** Published by each replica on its own node, so no two replicas share one; no two applications may either. */
  readonly port: number;
  readonly replicas: number;
  readonly pool: string;
  /** How long a replica takes to answer; until then it starts, and does not run. */
  readonly warmUpSeconds?: number;
};

/** Never scaled: what happens to its replicas is the drain's doing alone. */
export async function createServedApp(docker: Docker, app: ServedApp): Promise<void> {
  const image = await loadLocalImage(docker, await servedImage());
  const { warmUpSeconds = 0 } = app;
  await callDocker(`creating ${app.name}`, () =>
    docker.createService({
      Name: app.name,
      Labels: { [SERVICE_LABEL.scale]: 'false' },
      Mode: { Replicated: { Replicas: app.replicas } },
      TaskTemplate: {
        ContainerSpec: {
          Image: image,
          Env: [`WARM_UP_S=${warmUpSeconds}`],
          StopGracePeriod: 5_000_000_000,
          ...(warmUpSeconds > 0 ? { HealthCheck: WARM_UP_CHECK } : {}),
        },
        Placement: { Constraints: [`node.labels.micado.pool==${app.pool}`] },
        RestartPolicy: { Condition: 'any', Delay: 500_000_000 },
      },
      EndpointSpec: {
        Ports: [
          { Protocol: 'tcp', TargetPort: CONTAINER_PORT, PublishedPort: app.port, PublishMode: 'host' },
        ],
      },
    } as Docker.CreateServiceOptions),
  );
}
