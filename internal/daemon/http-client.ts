/** Calls to the HTTP APIs of the stack: time limit, size limit, and failures as `AppError` with the address in them. */
import { AppError, describeError } from './app-error.ts';

export type HttpRequest = {
  readonly method?: 'GET' | 'POST' | 'DELETE';
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
};

export type HttpAnswer = {
  readonly status: number;
  /** Without its parameters, in lower case; empty where the answer names none. */
  readonly mediaType: string;
  readonly text: string;
};

const MAX_ANSWER_BYTES = 64 * 1024 * 1024;

/** Any status is an answer; no answer in time is `AppError` unavailable. */
export async function callHttp(request: HttpRequest): Promise<HttpAnswer> {
  const timeout = AbortSignal.timeout(request.timeoutMs);
  const signal = request.signal === undefined ? timeout : AbortSignal.any([timeout, request.signal]);
  try {
    const response = await fetch(request.url, {
      method: request.method ?? 'GET',
      headers: request.headers ?? {},
      redirect: 'manual',
      signal,
      ...(request.body === undefined ? {} : { body: request.body }),
    });
    return {
      status: response.status,
      mediaType: mediaTypeOf(response),
      text: await readBounded(response),
    };
  } catch (error) {
    const what = timeout.aborted ? `no answer within ${request.timeoutMs} ms` : describeError(error);
    throw new AppError('unavailable', `${request.method ?? 'GET'} ${request.url}: ${what}`, { cause: error });
  }
}

/** The answer as JSON. A status that is not 2xx, or a body that is not JSON, is `AppError` unavailable. */
export async function callJson(request: HttpRequest): Promise<unknown> {
  const { status, text } = await callHttp(request);
  const where = `${request.method ?? 'GET'} ${request.url}`;
  if (status < 200 || status > 299)
    throw new AppError('unavailable', `${where}: HTTP ${status} ${text.slice(0, 300).trim()}`);
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new AppError('unavailable', `${where}: the answer is not JSON`, { cause: error });
  }
}

const mediaTypeOf = ({ headers }: Response): string =>
  (headers.get('content-type') ?? '').split(';')[0]?.trim().toLowerCase() ?? '';

async function readBounded(response: Response): Promise<string> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of response.body ?? []) {
    const chunk = part as Uint8Array;
    bytes += chunk.byteLength;
    if (bytes > MAX_ANSWER_BYTES) throw new Error('the answer is larger than 64 MiB');
    parts.push(chunk);
  }
  return Buffer.concat(parts).toString('utf8');
}
