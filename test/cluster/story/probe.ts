/**
 * Calls a served application the whole time, as a patient client would: one retry on another replica, and a request
 * without a 2xx within a second is lost.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { callHttp } from '../../../internal/daemon/http-client.ts';

export type Probe = {
  requests(): ProbeCount;
  /** The next requests are not sent; resolves when those that were are answered or lost. */
  stop(): Promise<ProbeCount>;
};
export type ProbeCount = {
  readonly sent: number;
  readonly retried: number;
  readonly lost: readonly LostRequest[];
};
export type LostRequest = { readonly atMs: number; readonly problem: string };

export type ProbeOptions = {
  /** Where the replicas answer now: what service discovery tells a client. */
  endpoints(): Promise<readonly string[]>;
};

const EVERY_MS = 50;
const WITHIN_MS = 1_000;
/** What the first replica gets of the second, so that another one has the rest. */
const FIRST_TRY_MS = 500;
const DISCOVER_EVERY_MS = 200;

/** Begins when the application answers. */
export function startProbe({ endpoints }: ProbeOptions): Probe {
  const stopping = new AbortController();
  let known: readonly string[] = [];
  let sent = 0;
  let retried = 0;
  const lost: LostRequest[] = [];
  const underway = new Set<Promise<void>>();

  const request = async (turn: number): Promise<void> => {
    const startMs = performance.now();
    const problems: string[] = [];
    for (const attempt of [0, 1]) {
      const url = known[(turn + attempt) % Math.max(1, known.length)];
      if (url === undefined) break;
      retried += attempt;
      const restMs = WITHIN_MS - (performance.now() - startMs);
      const problem = await problemWith(url, attempt === 0 ? FIRST_TRY_MS : Math.max(1, Math.round(restMs)));
      if (problem === undefined) return;
      problems.push(problem);
    }
    lost.push({ atMs: Date.now(), problem: problems.join('; ') || 'no replica is known' });
  };

  const discovering = repeat(stopping.signal, DISCOVER_EVERY_MS, async () => {
    // What was known stays known while the manager does not answer.
    known = await endpoints().catch(() => known);
  });
  const calling = repeat(stopping.signal, EVERY_MS, async () => {
    if (sent === 0 && known.length === 0) return;
    sent += 1;
    const answer = request(sent).finally(() => underway.delete(answer));
    underway.add(answer);
  });
  const requests = (): ProbeCount => ({ sent, retried, lost });
  return {
    requests,
    async stop() {
      stopping.abort();
      await Promise.all([discovering, calling, ...underway]);
      return requests();
    },
  };
}

async function problemWith(url: string, timeoutMs: number): Promise<string | undefined> {
  try {
    const { status } = await callHttp({ url, timeoutMs, headers: { connection: 'close' } });
    return status >= 200 && status < 300 ? undefined : `${url}: HTTP ${status}`;
  } catch (error) {
    return String(error);
  }
}

async function repeat(signal: AbortSignal, everyMs: number, act: () => Promise<void>): Promise<void> {
  while (!signal.aborted) {
    const startMs = performance.now();
    await act();
    await delay(Math.max(0, everyMs - (performance.now() - startMs)));
  }
}
