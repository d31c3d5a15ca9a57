/**
 * An expected failure of the world, with a code that each edge translates: HTTP status in `http.ts`, back-off in the
 * queue, exit code in `main.ts`. Any other error is a defect, and is logged as one.
 */
import { types } from 'node:util';

export type AppErrorCode = 'invalid' | 'not_found' | 'conflict' | 'unavailable' | 'internal';

export class AppError extends Error {
  readonly code: AppErrorCode;

  constructor(code: AppErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'AppError';
    this.code = code;
  }
}

export function isAppError(error: unknown, code?: AppErrorCode): error is AppError {
  return error instanceof AppError && (code === undefined || error.code === code);
}

/** One line for people: the message, and below it the innermost cause where that says more. */
export function describeError(error: unknown): string {
  if (!types.isNativeError(error)) return String(error);
  // A name with several addresses: each attempt has failed, and the sum of them has no words of its own.
  if (error.message === '' && 'errors' in error && Array.isArray(error.errors))
    return error.errors.map(describeError).join('; ');
  const cause: unknown = error.cause;
  const detail = types.isNativeError(cause) ? describeError(cause) : '';
  return detail !== '' && !error.message.includes(detail) ? `${error.message}: ${detail}` : error.message;
}

/** The `code` of a Node.js system error, such as `ENOENT`. */
export function systemErrorCode(error: unknown): string | undefined {
  if (!types.isNativeError(error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
