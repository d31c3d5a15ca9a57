/**
 * How another server of the stack lets us in: a file in the format of Prometheus' own `http_config` (basic_auth or
 * authorization, tls_config). Credentials stand in files, never in flags or addresses, which end up in logs.
 */
import { Agent } from 'node:https';
import { load } from 'js-yaml';
import { z } from 'zod';
import { didYouMean } from '../contract/nearest-name.ts';
import { describeError } from './app-error.ts';
import { type FileSet, followFiles } from './followed-files.ts';

export type HttpAccess = {
  /** As the files say now; while they are broken, as they said last. */
  current(): {
    /** The header of that name. */
    readonly authorization: string | undefined;
    /** For https addresses; undefined where the system's own certificates are enough. */
    readonly agent: Agent | undefined;
  };
};

export const OPEN_ACCESS: HttpAccess = { current: () => ({ authorization: undefined, agent: undefined }) };

/** @param path empty: the server asks for nothing. Throws `AppError` invalid when the file is wrong at the start. */
export function createHttpAccess(path: string, onProblem: (message: string) => void): HttpAccess {
  if (path === '') return OPEN_ACCESS;
  return followFiles({ what: 'HTTP configuration', path, parse: parseHttpAccess, onProblem });
}

const text = z.string().min(1);
const schema = z
  .strictObject({
    basic_auth: z
      .strictObject({ username: text, password: text.optional(), password_file: text.optional() })
      .optional(),
    authorization: z
      .strictObject({
        type: text.default('Bearer'),
        credentials: text.optional(),
        credentials_file: text.optional(),
      })
      .optional(),
    tls_config: z
      .strictObject({
        ca_file: text.optional(),
        cert_file: text.optional(),
        key_file: text.optional(),
        server_name: text.optional(),
        insecure_skip_verify: z.boolean().default(false),
        min_version: z.enum(['TLS12', 'TLS13']).default('TLS12'),
      })
      .optional(),
  })
  .refine(
    ({ basic_auth, authorization }) => basic_auth === undefined || authorization === undefined,
    'basic_auth and authorization exclude each other',
  );
type Parsed = z.infer<typeof schema>;

function parseHttpAccess(files: FileSet): ReturnType<HttpAccess['current']> {
  const parsed = schema.safeParse(loadYaml(files));
  if (!parsed.success) return files.fail(describeIssues(parsed.error));
  const { basic_auth: basic, authorization, tls_config: tls } = parsed.data;
  return {
    authorization:
      basic === undefined ? authorizationHeader(authorization, files) : basicHeader(basic, files),
    agent: tls === undefined ? undefined : tlsAgent(tls, files),
  };
}

function loadYaml({ text: yaml, fail }: FileSet): unknown {
  try {
    return yaml.trim() === '' ? {} : load(yaml);
  } catch (error) {
    return fail(describeError(error));
  }
}

function basicHeader(basic: NonNullable<Parsed['basic_auth']>, files: FileSet): string {
  const password = secret(basic.password, basic.password_file, 'basic_auth', 'password', files);
  return `Basic ${Buffer.from(`${basic.username}:${password}`).toString('base64')}`;
}

function authorizationHeader(given: Parsed['authorization'], files: FileSet): string | undefined {
  if (given === undefined) return undefined;
  const { type, credentials, credentials_file: file } = given;
  return `${type} ${secret(credentials, file, 'authorization', 'credentials', files)}`;
}

/** Exactly one of the two; a file's last line break is no part of the secret. */
function secret(
  value: string | undefined,
  file: string | undefined,
  section: string,
  key: string,
  { read, fail }: FileSet,
): string {
  if ((value === undefined) === (file === undefined)) fail(`${section} needs either ${key} or ${key}_file`);
  const found =
    value ??
    read(file ?? '')
      .toString('utf8')
      .trim();
  return found === '' ? fail(`${section}: ${file} is empty`) : found;
}

function tlsAgent(tls: NonNullable<Parsed['tls_config']>, { read, fail }: FileSet): Agent {
  const { ca_file: ca, cert_file: cert, key_file: key, server_name: servername } = tls;
  if ((cert === undefined) !== (key === undefined))
    fail('tls_config: cert_file and key_file need each other');
  return new Agent({
    keepAlive: true,
    rejectUnauthorized: !tls.insecure_skip_verify,
    minVersion: tls.min_version === 'TLS13' ? 'TLSv1.3' : 'TLSv1.2',
    ...(ca === undefined ? {} : { ca: read(ca) }),
    ...(cert === undefined || key === undefined ? {} : { cert: read(cert), key: read(key) }),
    ...(servername === undefined ? {} : { servername }),
  });
}

const KEYS_OF: Readonly<Record<string, readonly string[]>> = {
  '': Object.keys(schema.shape),
  basic_auth: ['username', 'password', 'password_file'],
  authorization: ['type', 'credentials', 'credentials_file'],
  tls_config: ['ca_file', 'cert_file', 'key_file', 'server_name', 'insecure_skip_verify', 'min_version'],
};

function describeIssues({ issues }: z.ZodError): string {
  return issues
    .map((issue) => {
      const where = issue.path.join('.');
      if (issue.code !== 'unrecognized_keys')
        return where === '' ? issue.message : `${where}: ${issue.message}`;
      const known = KEYS_OF[where] ?? [];
      return issue.keys
        .map((key) => `unknown key "${where === '' ? '' : `${where}.`}${key}"${didYouMean(key, known)}`)
        .join('; ');
    })
    .join('; ');
}
