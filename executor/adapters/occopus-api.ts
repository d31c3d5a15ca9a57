import {
  judgeOccopusAnswer,
  type OccopusReport,
  parseOccopusReport,
} from '../../internal/contract/occopus.ts';
import { AppError } from '../../internal/daemon/app-error.ts';
import type { Clock } from '../../internal/daemon/clock.ts';
import { callHttp, type HttpAnswer, type HttpRequest } from '../../internal/daemon/http-client.ts';

/** It asks the cloud about each VM, one after another. */
const READ_TIMEOUT_MS = 60_000;
/** A connection that the server had closed fails at once, and is worth a second try. */
const QUICK_FAILURE_MS = 1_000;

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
      const report = parseOccopusReport(reply.json);
      if (report !== undefined) return report;
      throw new AppError('unavailable', `GET ${address}: the answer is not Occopus’ report`);
    },
    post: (infraId, action, timeoutMs) =>
      call({ method: 'POST', url: addressOf(url, [infraId, ...action]), timeoutMs }),
  };
}

function addressOf(url: string, parts: readonly (string | number)[]): string {
  return `${url}/infrastructures/${parts.map((part) => encodeURIComponent(part)).join('/')}`;
}

function judge(where: string, http: HttpAnswer): OccopusReply {
  const answer = judgeOccopusAnswer(http);
  switch (answer.kind) {
    case 'accepted':
      return answer;
    case 'unknown_infrastructure':
    case 'unknown_node':
      return { kind: 'refused', error: new AppError('not_found', `${where}: ${answer.reason}`) };
    case 'refused':
      return { kind: 'refused', error: new AppError('unavailable', `${where}: ${answer.reason}`) };
    case 'unexpected': {
      const { status } = http;
      const error = new AppError('unavailable', `${where}: HTTP ${status}, not an answer of Occopus’ API`);
      return { kind: 'unexpected', status, error };
    }
  }
}
