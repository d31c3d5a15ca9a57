/**
 * `--web.config.file`: the Prometheus exporter toolkit's format, and `bearer_token_files` beside it.
 * Paths are relative to the file. The file and all that it names are read again when they change.
 */
import { readFileSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { load } from 'js-yaml';
import { didYouMean } from '../contract/nearest-name.ts';
import { AppError, describeError } from './app-error.ts';

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

export const OPEN_WEB_CONFIG: WebConfig = { tls: undefined, basicAuthUsers: new Map(), bearerTokens: [] };

const KEYS = ['tls_server_config', 'basic_auth_users', 'bearer_token_files'];
const TLS_KEYS = ['cert_file', 'key_file', 'client_auth_type', 'client_ca_file', 'min_version'];

export type WebConfigSource = {
  /** The configuration as the files say now; while they are broken, the last good one. */
  current(): WebConfig;
};

/** Reads at once, and throws `AppError` invalid when the file is wrong. No path: everything open but POSTs. */
export function createWebConfigSource(path: string, onProblem: (message: string) => void): WebConfigSource {
  if (path === '') return { current: () => OPEN_WEB_CONFIG };
  let loaded = loadWebConfig(path);
  let stamp = stampOf(loaded.files);
  return {
    current() {
      const now = stampOf(loaded.files);
      if (now === stamp) return loaded.config;
      stamp = now;
      try {
        loaded = loadWebConfig(path);
        stamp = stampOf(loaded.files);
      } catch (error) {
        onProblem(describeError(error));
      }
      return loaded.config;
    },
  };
}

function stampOf(files: readonly string[]): string {
  return files
    .map((file) => {
      const stat = statSync(file, { throwIfNoEntry: false });
      return stat === undefined ? 'gone' : `${stat.mtimeMs}/${stat.size}/${stat.ino}`;
    })
    .join(' ');
}

type Loaded = { readonly config: WebConfig; readonly files: readonly string[] };

function loadWebConfig(path: string): Loaded {
  const files = [path];
  const fail = (problem: string): never => {
    throw new AppError('invalid', `web config file ${path}: ${problem}`);
  };
  const read = (file: string): Buffer => {
    try {
      return readFileSync(file);
    } catch (error) {
      return fail(describeError(error));
    }
  };
  const readNamed = (name: string): Buffer => {
    const file = resolve(dirname(path), name);
    files.push(file);
    return read(file);
  };

  const text = read(path).toString('utf8');
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
    const token = readNamed(String(name)).toString('utf8').trim();
    return token.length < 16 ? fail(`the token in ${String(name)} is shorter than 16 characters`) : token;
  });

  const tls = root['tls_server_config'];
  return {
    config: {
      tls:
        tls === undefined
          ? undefined
          : readTls(asRecord(tls) ?? fail('tls_server_config must be a mapping'), readNamed, fail),
      basicAuthUsers: users,
      bearerTokens,
    },
    files,
  };
}

type Fail = (problem: string) => never;

function readTls(
  tls: Readonly<Record<string, unknown>>,
  readNamed: (name: string) => Buffer,
  fail: Fail,
): TlsFiles {
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
