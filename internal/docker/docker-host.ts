/** How to reach a Docker engine, from the address that `DOCKER_HOST` holds. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AppError, describeError } from '../daemon/app-error.ts';

export type DockerHost =
  | { readonly kind: 'socket'; readonly socketPath: string }
  | {
      readonly kind: 'tcp';
      readonly host: string;
      readonly port: number;
      readonly tls: { readonly ca: Buffer; readonly cert: Buffer; readonly key: Buffer } | undefined;
    };

/** @param certFolder `DOCKER_CERT_PATH` where `DOCKER_TLS_VERIFY` is set, else undefined. Throws `AppError` invalid. */
export function parseDockerHost(address: string, certFolder?: string): DockerHost {
  const socket = /^unix:\/\/(\/.+)$/.exec(address)?.[1];
  if (socket !== undefined) return { kind: 'socket', socketPath: socket };
  const url = /^(tcp|http|https):\/\//.test(address) && URL.canParse(address) ? new URL(address) : undefined;
  if (url === undefined || url.hostname === '')
    throw new AppError(
      'invalid',
      `Docker address "${address}" must be unix:///path/to/docker.sock or tcp://host:port (for ssh:// forward the socket: ssh -L)`,
    );
  const secure = url.protocol === 'https:' || certFolder !== undefined;
  return {
    kind: 'tcp',
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? (secure ? 2376 : 2375) : Number(url.port),
    tls: secure ? readCertificates(certFolder) : undefined,
  };
}

function readCertificates(folder: string | undefined) {
  if (folder === undefined)
    throw new AppError(
      'invalid',
      'a Docker address with TLS needs DOCKER_CERT_PATH (ca.pem, cert.pem, key.pem)',
    );
  try {
    const read = (name: string): Buffer => readFileSync(join(folder, name));
    return { ca: read('ca.pem'), cert: read('cert.pem'), key: read('key.pem') };
  } catch (error) {
    throw new AppError('invalid', `DOCKER_CERT_PATH: ${describeError(error)}`);
  }
}

/** The folder that holds the engine's certificates, from the environment as Docker's own tools read it. */
export function dockerCertFolder(env: Readonly<Record<string, string | undefined>>): string | undefined {
  const { DOCKER_TLS_VERIFY: verify = '', DOCKER_CERT_PATH: folder = '' } = env;
  return verify === '' || folder === '' ? undefined : folder;
}
