/** The executor's API, as the operator's commands use it. */
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { AppError, describeError } from '../../internal/daemon/app-error.ts';
import { callHttp, callJson } from '../../internal/daemon/http-client.ts';
import {
  type ExplanationAnswer,
  type JournalledDecision,
  parseDecisionPage,
  parseExplanation,
  parseStatus,
  parseTargets,
  type StatusAnswer,
  type TargetAnswer,
} from '../core/executor-answers.ts';

const TIMEOUT_MS = 10_000;

export type ExecutorAddress = {
  readonly url: string;
  /** What it wants from whoever changes something, and of readers where it has users. Empty: there is none. */
  readonly tokenFile: string;
};

/** All of it fails with `AppError` unavailable where the executor does not answer, or not as it should. */
export type ExecutorApi = {
  readStatus(): Promise<StatusAnswer>;
  listTargets(): Promise<readonly TargetAnswer[]>;
  /** Undefined for a target that it does not know. */
  explain(target: string): Promise<ExplanationAnswer | undefined>;
  /** The last ones, newest first; undefined: of all targets. */
  listDecisions(target: string | undefined, limit: number): Promise<readonly JournalledDecision[]>;
  pause(target: string, reason: string): Promise<void>;
  resume(target: string): Promise<void>;
};

export function createExecutorApi(address: ExecutorAddress): ExecutorApi {
  const { url } = address;
  const request = async (path: string) => ({
    url: url + path,
    headers: await credentialsFor(address),
    timeoutMs: TIMEOUT_MS,
  });
  const get = async <T>(path: string, parse: (json: unknown) => T | undefined): Promise<T> => {
    const parsed = parse(await callJson(await request(path)));
    if (parsed !== undefined) return parsed;
    throw new AppError('unavailable', `GET ${url}${path}: the answer is not the executor’s`);
  };
  const isKnown = async (path: string): Promise<boolean> => {
    const { status } = await callHttp(await request(path));
    return status !== 404;
  };
  const post = async (path: string, body: object): Promise<void> => {
    const { headers, ...rest } = await request(path);
    await callJson({
      ...rest,
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
  };
  return {
    readStatus: () => get('/api/v1/status', parseStatus),
    listTargets: () => get('/api/v1/targets', parseTargets),
    async explain(target) {
      const path = explainPath(target);
      try {
        return await get(path, parseExplanation);
      } catch (error) {
        // Services come and go between two questions.
        if (!(await isKnown(path))) return undefined;
        throw error;
      }
    },
    listDecisions(target, limit) {
      const filter = target === undefined ? '' : `&target=${encodeURIComponent(target)}`;
      return get(`/api/v1/decisions?limit=${limit}${filter}`, parseDecisionPage);
    },
    pause: (target, reason) => post('/api/v1/pause', { target, reason }),
    resume: (target) => post('/api/v1/resume', { target }),
  };
}

const explainPath = (target: string): string =>
  `/api/v1/targets/${target.split('/').map(encodeURIComponent).join('/')}/explain`;

/** Read anew each time: a stack that was started again may have another token. */
export async function credentialsFor({
  tokenFile,
}: ExecutorAddress): Promise<{ readonly authorization?: string }> {
  if (tokenFile === '') return {};
  const token = await readFile(tokenFile, 'utf8').catch((error: unknown) => {
    throw new AppError('invalid', `cannot read the executor’s token: ${describeError(error)}`, {
      cause: error,
    });
  });
  return { authorization: `Bearer ${token.trim()}` };
}

/** The whole explanation as it is. A target that the executor does not know is `AppError` not_found, in its words. */
export async function explainAtExecutor(address: ExecutorAddress, target: string): Promise<unknown> {
  const { status, text } = await callHttp({
    url: address.url + explainPath(target),
    headers: await credentialsFor(address),
    timeoutMs: TIMEOUT_MS,
  });
  const answer = parseJson(text);
  if (status === 200 && answer !== undefined) return answer;
  const said = z.object({ error: z.string() }).safeParse(answer).data?.error ?? `HTTP ${status}`;
  throw new AppError(status === 404 ? 'not_found' : 'unavailable', said);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
