/**
 * `--web.config.file`: the Prometheus exporter toolkit's format, and `bearer_token_files` beside it.
 * Paths are relative to the file. The file and all that it names are read again when they change.
 */
import { load } from 'js-yaml';
import { didYouMean } from '../contract/nearest-name.ts';
import { describeError } from './app-error.ts';
import { type FileSet, type FollowedFiles, followFiles } from './followed-files.ts';

export type TlsFiles = {
  readonly cert: Buffer;
  readonly key: Buffer;
  readonly clientCa: Buffer | undefined;
  readonly minVersion: 'TLSv1.2' | 'TLSv1.3';
};

export type WebConfig = {
  readonly tls: TlsFiles | undefined;
  /** User name → bcrypt hash. */
  readonly basicAuthUsers: ReadonlyMap<string, string>;
  readonly bearerTokens: readonly string[];
};

const KEYS = ['tls_server_config', 'basic_auth_users', 'bearer_token_files'];
const TLS_KEYS = ['cert_file', 'key_file', 'client_auth_type', 'client_ca_file', 'min_version'];

/** Reads at once, and throws `AppError` invalid when the file is wrong. */
export function createWebConfigSource(
  path: string,
  onProblem: (message: string) => void,
): FollowedFiles<WebConfig> {
  return followFiles({ what: 'web config file', path, parse: parseWebConfig, onProblem });
}

function parseWebConfig({ text, read, fail }: FileSet): WebConfig {
  let document: unknown;
  try {
    document = text.trim() === '' ? {} : load(text);
  } catch (error) {
    fail(describeError(error));
  }
  const root = asRecord(document) ?? fail('must be a mapping');
  refuseUnknownKeys(root, KEYS, fail);

  const users = new Map<string, string>();
  for (const [user, hash] of Object.entries(
    asRecord(root['basic_auth_users'] ?? {}) ?? fail('basic_auth_users must be a mapping'),
  )) {
    if (typeof hash !== 'string' || !/^\$2[aby]\$\d\d\$.{53}$/.test(hash))
      fail(`basic_auth_users: the value of "${user}" must be a bcrypt hash (htpasswd -nBC 10 ${user})`);
    users.set(user, String(hash));
  }

  const tokenFiles = root['bearer_token_files'] ?? [];
  if (!Array.isArray(tokenFiles)) fail('bearer_token_files must be a list of paths');
  const bearerTokens = (tokenFiles as unknown[]).map((name) => {
    const token = read(String(name)).toString('utf8').trim();
    return token.length < 16 ? fail(`the token in ${String(name)} is shorter than 16 characters`) : token;
  });

  const tls = root['tls_server_config'];
  return {
    tls:
      tls === undefined
        ? undefined
        : readTls(asRecord(tls) ?? fail('tls_server_config must be a mapping'), read, fail),
    basicAuthUsers: users,
    bearerTokens,
  };
}

type Fail = FileSet['fail'];

function readTls(tls: Readonly<Record<string, unknown>>, readNamed: FileSet['read'], fail: Fail): TlsFiles {
  refuseUnknownKeys(tls, TLS_KEYS, fail);
  const named = (key: string): Buffer =>
    typeof tls[key] === 'string' ? readNamed(tls[key]) : fail(`tls_server_config needs ${key}`);
  const version = tls['min_version'] ?? 'TLS12';
  if (version !== 'TLS12' && version !== 'TLS13')
    fail('tls_server_config: min_version must be TLS12 or TLS13');
  const clientAuth = tls['client_auth_type'] ?? 'NoClientCert';
  if (clientAuth !== 'NoClientCert' && clientAuth !== 'RequireAndVerifyClientCert')
    fail('tls_server_config: client_auth_type must be NoClientCert or RequireAndVerifyClientCert');
  return {
    cert: named('cert_file'),
    key: named('key_file'),
    clientCa: clientAuth === 'RequireAndVerifyClientCert' ? named('client_ca_file') : undefined,
    minVersion: version === 'TLS13' ? 'TLSv1.3' : 'TLSv1.2',
  };
}

function asRecord(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : undefined;
}

function refuseUnknownKeys(
  record: Readonly<Record<string, unknown>>,
  known: readonly string[],
  fail: Fail,
): void {
  for (const key of Object.keys(record))
    if (!known.includes(key)) fail(`unknown key "${key}"${didYouMean(key, known)}`);
}
