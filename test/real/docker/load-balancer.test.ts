/** The load-balancing layer as it is deployed, with Debian's HAProxy, before replicas that come and go. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { loadLocalImage } from '../../../deploy/demo/local-image.ts';
import { callHttp } from '../../../internal/daemon/http-client.ts';
import { startEngine } from '../../cluster/cluster.ts';
import type { Engine } from '../../cluster/engine.ts';
import { APP_PATH, servedImage } from '../../cluster/story/served-app.ts';
import { eventually } from '../../eventually.ts';
import { ROOT } from '../../house/source-files.ts';
import { decisionsOf } from '../support/apis.ts';
import { loadHaproxy } from '../support/haproxy-image.ts';
import { updateService, waitForRunning } from '../support/services.ts';
import { startStack } from '../support/stack.ts';
import { startVisitors } from '../support/visitors.ts';

const SOON = { withinMs: 30_000, everyMs: 200 };
let engine: Engine;
let url: string;

function docker(...args: readonly string[]): string {
  // No mesh without IPVS: the port is the node's own. Docker chooses it, so that there is room for two replicas.
  const variables = {
    APP_SERVICE: 'shop',
    LB_PORT: '0',
    LB_PORT_MODE: 'host',
    LB_UPDATE_ORDER: 'stop-first',
  };
  const { status, stdout, stderr } = spawnSync('docker', args, {
    cwd: ROOT,
    encoding: 'utf8',
    env: { ...process.env, ...variables, DOCKER_HOST: engine.dockerHost },
  });
  if (status !== 0) throw new Error(`docker ${args.join(' ')}: ${stderr}`);
  return stdout;
}

const containersOf = (service: string): readonly string[] =>
  docker('ps', '--quiet', `--filter=label=com.docker.swarm.service.name=${service}`)
    .split('\n')
    .filter(Boolean);

function deployHaproxy(): void {
  const file = join('docker', 'load-balancer.stack.yaml');
  docker('stack', 'deploy', '--resolve-image=never', `--compose-file=${file}`, 'lb');
}

/** Where the node offers a port of the container. */
function publishedUrl(container: string, port: number): string {
  const [, published] = /:(\d+)$/m.exec(docker('port', container, String(port))) ?? [];
  return `http://${engine.address}:${published}`;
}

const urlOf = (haproxy = ''): string => `${publishedUrl(haproxy, 8080)}${APP_PATH}`;

/** HAProxy's own figures. */
async function readMetrics(): Promise<string> {
  const [container = ''] = containersOf('lb_haproxy');
  const { status, text } = await callHttp({
    url: `${publishedUrl(container, 8404)}/metrics`,
    timeoutMs: 5_000,
  });
  expect(status).toBe(200);
  return text;
}

async function serversInUse(): Promise<number> {
  const metrics = await readMetrics();
  const up = [...metrics.matchAll(/^haproxy_server_status\{proxy="app",server="(\w+)",state="UP"\} 1$/gm)];
  return up.filter(([, server]) =>
    new RegExp(
      `^haproxy_server_http_responses_total\\{proxy="app",server="${server}",code="2xx"\\} [1-9]`,
      'm',
    ).test(metrics),
  ).length;
}

async function scaleTo(replicas: number): Promise<void> {
  await updateService(engine, 'shop', { replicas });
  await eventually(`${replicas} replicas serve`, async () => (await serversInUse()) === replicas, SOON);
}

beforeAll(async () => {
  engine = await startEngine();
  const [image] = await Promise.all([
    servedImage().then((served) => loadLocalImage(engine.docker, served)),
    loadHaproxy(engine),
  ]);
  docker('network', 'create', '--driver=overlay', 'app');
  // Swarm calls a replica running from its first moment; it answers a second later.
  const shop = ['--name=shop', '--network=app', '--env=WARM_UP_S=1', '--stop-grace-period=10s'];
  docker('service', 'create', '--detach', '--no-resolve-image', ...shop, image);
  deployHaproxy();
  await waitForRunning(engine, 'lb_haproxy', 1);
  url = urlOf(containersOf('lb_haproxy')[0]);
  await eventually(
    'the application answers',
    async () => (await callHttp({ url, timeoutMs: 2_000 })).status === 200,
    SOON,
  );
}, 120_000);
afterAll(() => engine.stop());

describe('HAProxy before a service', () => {
  test('loses no request while replicas come and go', async () => {
    const visitors = startVisitors(url);
    try {
      for (const replicas of [4, 1, 3]) await scaleTo(replicas);
    } finally {
      const { served, refused, lost } = await visitors.stop();
      expect({ refused, lost }).toEqual({ refused: 0, lost: [] });
      expect(served).toBeGreaterThan(100);
    }
  }, 150_000);

  test('asks another replica where one dies over a question', async () => {
    await scaleTo(3);
    const visitors = startVisitors(url, ['GET']);
    try {
      const before = visitors.served();
      docker('kill', '--signal=KILL', containersOf('shop')[0] ?? '');
      await eventually('the death has been noticed', async () => (await serversInUse()) < 3, SOON);
      await eventually('requests went on', () => visitors.served() > before + 50, SOON);
    } finally {
      const { refused, lost } = await visitors.stop();
      expect({ refused, lost }).toEqual({ refused: 0, lost: [] });
    }
  }, 60_000);

  test('shows figures of the replicas that are there, and of no empty slot', async () => {
    const metrics = await readMetrics();
    const servers = new Set([...metrics.matchAll(/server="(\w+)"/g)].map((match) => match[1]));
    expect(servers.size).toBeGreaterThan(0);
    expect(servers.size).toBeLessThanOrEqual(4);
    expect(metrics).toMatch(/^haproxy_frontend_http_requests_total\{proxy="public"\} \d{3,}/m);
  });

  test('finishes what it has begun when one of its own replicas goes', async () => {
    const visitors = startVisitors(url);
    try {
      await eventually('requests are under way', () => visitors.served() > 50, SOON);
      docker('service', 'rm', 'lb_haproxy');
      await eventually('it is gone', () => containersOf('lb_haproxy').length === 0, SOON);
    } finally {
      const { refused, lost } = await visitors.stop();
      expect(lost).toEqual([]);
      expect(refused).toBeGreaterThan(0);
    }
  }, 60_000);

  test('is scaled by micado as any other service when there are more visitors than it can take', async () => {
    deployHaproxy();
    await updateService(engine, 'lb_haproxy', {
      labels: {
        'micado.max': '2',
        'micado.scaleup': '0.5',
        'micado.scaledown': '0',
        'micado.scaleup.for': '2s',
      },
    });
    await waitForRunning(engine, 'lb_haproxy', 1);
    await using stack = await startStack(engine);
    const visitors = startVisitors(urlOf(containersOf('lb_haproxy')[0]));
    try {
      await waitForRunning(engine, 'lb_haproxy', 2, 90_000);
    } finally {
      const { refused, lost } = await visitors.stop();
      expect({ refused, lost }).toEqual({ refused: 0, lost: [] });
    }
    const [decision] = await decisionsOf(stack.url.executor, 'docker/lb_haproxy');
    expect(decision).toMatchObject({ kind: 'scale', reason: 'overloaded', from: 1, to: 2 });
    for (const replica of containersOf('lb_haproxy'))
      await eventually(
        'it serves',
        async () => (await callHttp({ url: urlOf(replica), timeoutMs: 5_000 })).status === 200,
        SOON,
      );
  }, 180_000);
});
