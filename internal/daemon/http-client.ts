/** Calls to the HTTP APIs of the stack: time limit, size limit, and failures as `AppError` with the address in them. */
import { type ClientRequest, request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { AppError, describeError, isAppError } from './app-error.ts';
import { type HttpAccess, OPEN_ACCESS } from './http-access.ts';
import { exchange, MAX_ANSWER_BYTES, TOO_LARGE } from './http-exchange.ts';

export type HttpRequest = {
  readonly method?: 'GET' | 'POST' | 'DELETE';
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
  /** Credentials and certificates; without it the server asks for none. */
  readonly access?: HttpAccess;
};

export type HttpAnswer = {
  readonly status: number;
  /** Without its parameters, in lower case; empty where the answer names none. */
  readonly mediaType: string;
  readonly text: string;
};

export type StreamedAnswer = Omit<HttpAnswer, 'text'> & {
  /** What comes, as it comes. */
  readonly chunks: AsyncIterable<string>;
};

/** Any status is an answer, a redirect too; no answer in time is `AppError` unavailable. */
export async function callHttp(request: HttpRequest): Promise<HttpAnswer> {
  const { body, timeoutMs, signal } = request;
  try {
    const { response, text } = await exchange({ outgoing: open(request, signal), body, timeoutMs });
    return { ...headOf(response), text };
  } catch (error) {
    throw failure(request, describeError(error), error);
  }
}

/** For large answers: `read` takes what it wants of the text while it arrives. The time limit holds until it has ended. */
export async function streamHttp<T>(
  request: HttpRequest,
  read: (answer: StreamedAnswer) => Promise<T>,
): Promise<T> {
  const timeout = AbortSignal.timeout(request.timeoutMs);
  const signal = request.signal === undefined ? timeout : AbortSignal.any([timeout, request.signal]);
  try {
    const response = await send(request, signal);
    return await read({ ...headOf(response), chunks: boundedChunks(response) });
  } catch (error) {
    if (isAppError(error)) throw error;
    const what = timeout.aborted ? `no answer within ${request.timeoutMs} ms` : describeError(error);
    throw failure(request, what, error);
  }
}

function failure({ method = 'GET', url }: HttpRequest, what: string, cause: unknown): AppError {
  return new AppError('unavailable', `${method} ${url}: ${what}`, { cause });
}

function send(request: HttpRequest, signal: AbortSignal): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    open(request, signal).on('response', resolve).on('error', reject).end(request.body);
  });
}

function open(request: HttpRequest, signal: AbortSignal | undefined): ClientRequest {
  const { method = 'GET', url, headers = {}, access = OPEN_ACCESS } = request;
  const { authorization, agent } = access.current();
  const options = {
    method,
    ...(signal === undefined ? {} : { signal }),
    headers: { ...(authorization === undefined ? {} : { authorization }), ...headers },
  };
  return url.startsWith('https:')
    ? httpsRequest(url, agent === undefined ? options : { ...options, agent })
    : httpRequest(url, options);
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

const headOf = ({ statusCode = 0, headers }: IncomingMessage): Omit<HttpAnswer, 'text'> => ({
  status: statusCode,
  mediaType: (headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '',
});

async function* boundedChunks(response: IncomingMessage): AsyncGenerator<string> {
  let length = 0;
  for await (const part of response.setEncoding('utf8')) {
    const chunk = String(part);
    length += chunk.length;
    if (length > MAX_ANSWER_BYTES) throw new Error(TOO_LARGE);
    yield chunk;
  }
}

export async function wholeOf(chunks: AsyncIterable<string>): Promise<string> {
  let text = '';
  for await (const chunk of chunks) text += chunk;
  return text;
}
