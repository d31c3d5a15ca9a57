/**
 * Who may ask what. A POST changes something: it wants a Host header that is ours (no DNS rebinding), credentials, and
 * `application/json` (no cross-site form). With basic-auth users configured, reading wants credentials too, as with
 * every Prometheus component. What checks credentials is loaded with the first ones that come: many exporters see none.
 */
import type { IncomingMessage } from 'node:http';
import { hostname } from 'node:os';
import { HTTP_PATH } from '../contract/ports.ts';
import type { WebConfig } from './web-config.ts';

export type Refusal = {
  readonly status: number;
  readonly message: string;
  readonly headers: Readonly<Record<string, string>>;
};

export type RequestGuard = {
  /** Why the request is refused, or undefined. */
  check(request: IncomingMessage): Promise<Refusal | undefined>;
};

export type GuardOptions = {
  config(): WebConfig;
  readonly listenHost: string;
  readonly allowedHosts: readonly string[];
};

const OPEN_PATHS: readonly string[] = [HTTP_PATH.healthy, HTTP_PATH.ready];

export function createRequestGuard({ config, listenHost, allowedHosts }: GuardOptions): RequestGuard {
  const known = new Set(
    ['localhost', '127.0.0.1', '::1', hostname(), listenHost, ...allowedHosts].map((name) =>
      name.toLowerCase(),
    ),
  );
  const verified = new Set<string>();

  const hasCredentials = async (request: IncomingMessage): Promise<boolean> => {
    const { basicAuthUsers, bearerTokens } = config();
    const header = request.headers.authorization ?? '';
    const bearer = /^Bearer +(.+)$/i.exec(header)?.[1];
    if (bearer !== undefined) return await isAmong(bearer, bearerTokens);
    const basic = /^Basic +(.+)$/i.exec(header)?.[1];
    if (basic === undefined) return false;
    const [user = '', ...rest] = Buffer.from(basic, 'base64').toString('utf8').split(':');
    // An unknown user costs as much time as a known one, so that the time tells no names.
    const [anyHash = NO_HASH] = basicAuthUsers.values();
    const matches = await passwordMatches(rest.join(':'), basicAuthUsers.get(user) ?? anyHash, verified);
    return matches && basicAuthUsers.has(user);
  };

  return {
    async check(request) {
      const { basicAuthUsers } = config();
      const writes = request.method === 'POST';
      if (writes && !known.has(hostOf(request)))
        return refusal(
          403,
          `Host "${request.headers.host ?? ''}" is not known here; add it with --web.allowed-host`,
        );
      const path = (request.url ?? '').split('?')[0] ?? '';
      const guarded = writes || (basicAuthUsers.size > 0 && !OPEN_PATHS.includes(path));
      if (guarded && !(await hasCredentials(request)))
        return refusal(401, 'credentials are missing or wrong; they are set in --web.config.file', {
          'www-authenticate': basicAuthUsers.size > 0 ? 'Basic realm="micado"' : 'Bearer realm="micado"',
        });
      if (writes && !isJson(request))
        return refusal(
          415,
          `Content-Type must be application/json, not "${request.headers['content-type'] ?? ''}"`,
        );
      return undefined;
    },
  };
}

function refusal(status: number, message: string, headers: Readonly<Record<string, string>> = {}): Refusal {
  return { status, message, headers };
}

function isJson(request: IncomingMessage): boolean {
  return /^application\/json *(;|$)/i.test(request.headers['content-type'] ?? '');
}

function hostOf(request: IncomingMessage): string {
  const host = request.headers.host ?? '';
  return (/^\[(.+)\](?::\d+)?$/.exec(host)?.[1] ?? host.replace(/:\d+$/, '')).toLowerCase();
}

/** Compares digests, so that neither content nor length shows in the time taken. */
async function isAmong(token: string, known: readonly string[]): Promise<boolean> {
  const { createHash, timingSafeEqual } = await import('node:crypto');
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return known.some((one) => timingSafeEqual(digest(one), digest(token)));
}

const VERIFIED_KEPT = 100;
/** Matches no password. */
const NO_HASH = `$2b$10$${'.'.repeat(53)}`;

/** bcrypt is slow on purpose; a pair that matched once is remembered by its digest while the hash stays the same. */
async function passwordMatches(password: string, hash: string, verified: Set<string>): Promise<boolean> {
  const { createHash } = await import('node:crypto');
  const digest = createHash('sha256').update(hash).update('\0').update(password).digest('hex');
  if (verified.has(digest)) return true;
  const { compare } = await import('bcryptjs');
  if (!(await compare(password, hash))) return false;
  if (verified.size >= VERIFIED_KEPT) verified.clear();
  verified.add(digest);
  return true;
}
