/** The executor's stream of decisions: what was missed since one of them, then each as it is made. */
import { createParser } from 'eventsource-parser';
import { AppError, describeError, isAppError } from '../../internal/daemon/app-error.ts';
import { type JournalledDecision, parseDecision } from '../core/executor-answers.ts';
import { credentialsFor, type ExecutorAddress } from './executor-api.ts';

export type DecisionFeedOptions = {
  readonly executor: ExecutorAddress;
  /** Undefined: of all targets. */
  readonly target: string | undefined;
  /** The last one that was seen; 0 where none was. */
  readonly afterId: number;
  readonly signal: AbortSignal;
  /** It has answered. */
  onOpen(): void;
};

/** The executor sends something every 15 s: a line on which nothing comes any more is dead. */
const SILENCE_MS = 45_000;

/** Ends when the executor ends it, or at the signal. What else ends it is `AppError` unavailable. */
export async function* followDecisions(options: DecisionFeedOptions): AsyncGenerator<JournalledDecision> {
  const { executor, target, afterId, signal } = options;
  const query = target === undefined ? '' : `?target=${encodeURIComponent(target)}`;
  const address = `${executor.url}/api/v1/decisions/stream${query}`;
  const silence = new AbortController();
  const timer = setTimeout(() => silence.abort(), SILENCE_MS);
  try {
    const response = await fetch(address, {
      headers: { 'last-event-id': String(afterId), ...(await credentialsFor(executor)) },
      signal: AbortSignal.any([signal, silence.signal]),
    });
    if (response.status !== 200 || response.body === null)
      throw new AppError('unavailable', `GET ${address}: HTTP ${response.status}`);
    options.onOpen();
    let arrived: JournalledDecision[] = [];
    const parser = createParser({
      onEvent: ({ data }) => {
        const decision = parseDecision(parseJson(data));
        if (decision !== undefined) arrived.push(decision);
      },
    });
    const decoder = new TextDecoder();
    const body: AsyncIterable<Uint8Array> = response.body;
    for await (const bytes of body) {
      timer.refresh();
      parser.feed(decoder.decode(bytes, { stream: true }));
      yield* arrived;
      arrived = [];
    }
  } catch (error) {
    if (signal.aborted) return;
    if (isAppError(error)) throw error;
    const what = silence.signal.aborted ? `silent for ${SILENCE_MS / 1_000} s` : describeError(error);
    throw new AppError('unavailable', `GET ${address}: ${what}`, { cause: error });
  } finally {
    clearTimeout(timer);
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
