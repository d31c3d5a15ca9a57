/** One call to Occopus' API, judged by the body of its answer. */
import { judgeOccopusAnswer, type OccopusAnswer } from '../../internal/contract/occopus.ts';
import { AppError } from '../../internal/daemon/app-error.ts';
import { callHttp } from '../../internal/daemon/http-client.ts';

export type OccopusCall = {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Of Occopus itself. */
  readonly url: string;
  /** Behind `/infrastructures/`. */
  readonly path: readonly string[];
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
};

export type OccopusReply = {
  /** What was asked, for messages. */
  readonly where: string;
  readonly answer: Exclude<OccopusAnswer, { readonly kind: 'unexpected' }>;
};

/** What is no answer of its API is `AppError` unavailable; a refusal is an answer. */
export async function callOccopus({ url, path, ...call }: OccopusCall): Promise<OccopusReply> {
  const address = `${url}/infrastructures/${path.map(encodeURIComponent).join('/')}`;
  const where = `${call.method} ${address}`;
  const http = await callHttp({ ...call, url: address });
  const answer = judgeOccopusAnswer(http);
  if (answer.kind !== 'unexpected') return { where, answer };
  throw new AppError('unavailable', `${where}: HTTP ${http.status}, not an answer of Occopus’ API`);
}
