/** One request and its whole answer, bounded in time and size: no more machinery than `node:http` itself needs. */
import type { ClientRequest, IncomingMessage } from 'node:http';

export type Exchange = {
  readonly outgoing: ClientRequest;
  readonly body?: string | undefined;
  /** Until the last byte of the answer. */
  readonly timeoutMs: number;
};

export type WholeAnswer = { readonly response: IncomingMessage; readonly text: string };

export const MAX_ANSWER_BYTES = 64 * 1024 * 1024;
export const TOO_LARGE = 'the answer is larger than 64 MiB';

/** Sends the request. An answer that breaks off, is late or too large is an error, and its connection is closed. */
export function exchange({ outgoing, body, timeoutMs }: Exchange): Promise<WholeAnswer> {
  return new Promise((resolve, reject) => {
    const deadline = setTimeout(() => fail(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs);
    // Its connection keeps the process alive, and nothing else of it.
    deadline.unref();
    const fail = (error: Error): void => {
      clearTimeout(deadline);
      reject(error);
      outgoing.destroy();
    };
    outgoing.on('error', fail);
    outgoing.on('response', (response) => {
      const parts: Buffer[] = [];
      let bytes = 0;
      response.on('data', (part: Buffer) => {
        parts.push(part);
        bytes += part.length;
        if (bytes > MAX_ANSWER_BYTES) fail(new Error(TOO_LARGE));
      });
      response.on('error', fail);
      response.on('end', () => {
        clearTimeout(deadline);
        resolve({ response, text: Buffer.concat(parts, bytes).toString('utf8') });
      });
    });
    outgoing.end(body);
  });
}
