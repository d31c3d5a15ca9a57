/** Calls to the HTTP APIs of the stack: time limit, size limit, and failures as `AppError` with the address in them. */
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { AppError, describeError, isAppError } from './app-error.ts';
import { type HttpAccess, OPEN_ACCESS } from './http-access.ts';

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

const MAX_ANSWER_LENGTH = 64 * 1024 * 1024;

export type StreamedAnswer = Omit<HttpAnswer, 'text'> & {
  /** What comes, as it comes. */
  readonly chunks: AsyncIterable<string>;
};

/** Any status is an answer, a redirect too; no answer in time is `AppError` unavailable. */
export function callHttp(request: HttpRequest): Promise<HttpAnswer> {
  return streamHttp(request, async ({ chunks, ...head }) => ({ ...head, text: await wholeOf(chunks) }));
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
    return await read({
      status: response.statusCode ?? 0,
      mediaType: mediaTypeOf(response),
      chunks: boundedChunks(response),
    });
  } catch (error) {
    if (isAppError(error)) throw error;
    const what = timeout.aborted ? `no answer within ${request.timeoutMs} ms` : describeError(error);
    throw new AppError('unavailable', `${request.method ?? 'GET'} ${request.url}: ${what}`, { cause: error });
  }
}

function send(request: HttpRequest, signal: AbortSignal): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const { method = 'GET', url, headers = {}, body, access = OPEN_ACCESS } = request;
    const { authorization, agent } = access.current();
    const options = {
      method,
      signal,
      headers: { ...(authorization === undefined ? {} : { authorization }), ...headers },
    };
    const outgoing = url.startsWith('https:')
      ? httpsRequest(url, agent === undefined ? options : { ...options, agent }, resolve)
      : httpRequest(url, options, resolve);
    outgoing.on('error', reject).end(body);
  });
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

const mediaTypeOf = ({ headers }: IncomingMessage): string =>
  (headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '';

async function* boundedChunks(response: IncomingMessage): AsyncGenerator<string> {
  let length = 0;
  for await (const part of response.setEncoding('utf8')) {
    const chunk = String(part);
    length += chunk.length;
    if (length > MAX_ANSWER_LENGTH) throw new Error('the answer is larger than 64 MiB');
    yield chunk;
  }
}

export async function wholeOf(chunks: AsyncIterable<string>): Promise<string> {
  let text = '';
  for await (const chunk of chunks) text += chunk;
  return text;
}
