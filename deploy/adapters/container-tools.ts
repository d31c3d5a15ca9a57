/** Commands inside a running container, and where it answers on its network: the container publishes no port. */
import type { Readable } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import { z } from 'zod';
import { AppError, isAppError } from '../../internal/daemon/app-error.ts';
import { callDocker, createDockerClient } from '../../internal/docker/docker-client.ts';
import type { DockerHost } from '../../internal/docker/docker-host.ts';
import type { ToolWords } from '../core/cloud/judge-occopus-tools.ts';

export type ContainerTools = {
  /** What it says, on both of its outputs, and its exit code. One that does not end in time goes on in there. */
  run(command: readonly string[], timeoutMs: number, signal: AbortSignal): Promise<ToolWords>;
  /** Its address on the network, or on the first one that it has. */
  address(network: string): Promise<string>;
};

const MAX_WORDS = 256 * 1024;
const GRACE_MS = 10_000;

const inspection = z.object({
  State: z.object({ Running: z.boolean() }),
  NetworkSettings: z.object({
    Networks: z.record(z.string(), z.object({ IPAddress: z.string().nullish() })).nullish(),
  }),
});
const ended = z.object({ ExitCode: z.number().nullish() });

export function createContainerTools(host: DockerHost, container: string): ContainerTools {
  const docker = createDockerClient(host);
  return {
    async run(command, timeoutMs, signal) {
      const what = `${command[0]} in container ${container}`;
      // The client's own time limit cuts a connection that says nothing for so long: ours is to come first.
      const patient = createDockerClient(host, timeoutMs + GRACE_MS).getContainer(container);
      const exec = await callDocker(what, () =>
        patient.exec({ Cmd: [...command], AttachStdout: true, AttachStderr: true, Tty: true }),
      );
      const stream = await callDocker(what, () => exec.start({ Tty: true, hijack: false, stdin: false }));
      const words = await readWords(stream, what, AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]));
      const { ExitCode } = ended.parse(await callDocker(what, () => docker.getExec(exec.id).inspect()));
      return { words, exitCode: ExitCode ?? 0 };
    },
    async address(network) {
      const answer: unknown = await callDocker(`looking for container ${container}`, () =>
        docker.getContainer(container).inspect(),
      ).catch((error: unknown) => {
        if (isAppError(error, 'not_found'))
          throw new AppError('not_found', `there is no container ${container}`);
        throw error;
      });
      const { State, NetworkSettings } = inspection.parse(answer);
      if (!State.Running) throw new AppError('unavailable', `container ${container} does not run`);
      const networks = NetworkSettings.Networks ?? {};
      const all = [networks[network], ...Object.values(networks)].map((one) => one?.IPAddress ?? '');
      const found = all.find((address) => address !== '');
      if (found !== undefined) return found;
      throw new AppError('unavailable', `container ${container} has no address on a network`);
    },
  };
}

async function readWords(stream: Readable, what: string, signal: AbortSignal): Promise<string> {
  const cut = (): void => void stream.destroy();
  signal.addEventListener('abort', cut, { once: true });
  let words = '';
  try {
    for await (const part of stream.setEncoding('utf8')) words = (words + String(part)).slice(-MAX_WORDS);
  } catch (error) {
    if (!signal.aborted) throw new AppError('unavailable', `${what}: the connection broke`, { cause: error });
  } finally {
    signal.removeEventListener('abort', cut);
  }
  if (signal.aborted) throw new AppError('unavailable', `${what} has not ended; it goes on in there`);
  return stripVTControlCharacters(words);
}
