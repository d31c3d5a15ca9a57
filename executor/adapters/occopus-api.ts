/**
 * Occopus' REST API, judged by its bodies: its application errors come as HTTP 200, and what it did not expect as a page
 * of HTML with status 500 (1.10) or 404 (1.5).
 */
import { z } from 'zod';
import { AppError } from '../../internal/daemon/app-error.ts';
import type { Clock } from '../../internal/daemon/clock.ts';
import { callHttp, type HttpAnswer, type HttpRequest } from '../../internal/daemon/http-client.ts';

/** It asks the cloud about each VM, one after another. */
const READ_TIMEOUT_MS = 60_000;
/** A connection that the server had closed fails at once, and is worth a second try. */
const QUICK_FAILURE_MS = 1_000;

const refusal = z.object({ status_code: z.number(), reason: z.string() });
const reportAnswer = z.record(
  z.string(),
  z.object({
    instances: z.record(
      z.string(),
      z.object({ resource_address: z.union([z.string(), z.array(z.string()), z.null()]), state: z.string() }),
    ),
    scaling: z.object({ min: z.number(), max: z.number(), target: z.number() }),
  }),
);

/** By node name; a node without any VM is absent. */
export type OccopusReport = z.infer<typeof reportAnswer>;
export type OccopusInstance = OccopusReport[string]['instances'][string];

export type OccopusReply =
  | { readonly kind: 'accepted'; readonly json: unknown }
  /** Its own words; unknown infrastructure and node: not_found. */
  | { readonly kind: 'refused'; readonly error: AppError }
  /** No answer of the API: the route is missing, or it failed. */
  | { readonly kind: 'unexpected'; readonly status: number; readonly error: AppError };

export type OccopusApi = {
  readReport(infraId: string): Promise<OccopusReport>;
  /** Never sent twice. No answer in time is unavailable. */
  post(infraId: string, action: readonly (string | number)[], timeoutMs: number): Promise<OccopusReply>;
};

export type OccopusApiOptions = {
  readonly url: string;
  readonly clock: Clock;
  /** Ends what is under way when the process ends. */
  readonly signal?: AbortSignal | undefined;
};

export function createOccopusApi({ url, clock, signal }: OccopusApiOptions): OccopusApi {
  const call = async (request: Pick<HttpRequest, 'method' | 'url' | 'timeoutMs'>): Promise<OccopusReply> =>
    judge(
      `${request.method ?? 'GET'} ${request.url}`,
      await callHttp(signal === undefined ? request : { ...request, signal }),
    );
  const read = async (address: string): Promise<OccopusReply> => {
    const startedMs = clock.now();
    const request = { url: address, timeoutMs: READ_TIMEOUT_MS };
    try {
      return await call(request);
    } catch (error) {
      if (clock.now() - startedMs > QUICK_FAILURE_MS) throw error;
      return await call(request);
    }
  };
  return {
    async readReport(infraId) {
      const address = addressOf(url, [infraId]);
      const reply = await read(address);
      if (reply.kind !== 'accepted') throw reply.error;
      const parsed = reportAnswer.safeParse(reply.json);
      if (parsed.success) return parsed.data;
      throw new AppError('unavailable', `GET ${address}: the answer is not Occopus' report`);
    },
    post: (infraId, action, timeoutMs) =>
      call({ method: 'POST', url: addressOf(url, [infraId, ...action]), timeoutMs }),
  };
}

function addressOf(url: string, parts: readonly (string | number)[]): string {
  return `${url}/infrastructures/${parts.map((part) => encodeURIComponent(part)).join('/')}`;
}

function judge(where: string, { status, mediaType, text }: HttpAnswer): OccopusReply {
  const json = mediaType === 'application/json' && status === 200 ? parseJson(text) : undefined;
  if (json === undefined) {
    const error = new AppError('unavailable', `${where}: HTTP ${status}, not an answer of Occopus' API`);
    return { kind: 'unexpected', status, error };
  }
  const refused = refusal.safeParse(json);
  if (!refused.success) return { kind: 'accepted', json };
  const { reason } = refused.data;
  const code = reason.includes('does not exist') ? 'not_found' : 'unavailable';
  return { kind: 'refused', error: new AppError(code, `${where}: ${reason}`) };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
