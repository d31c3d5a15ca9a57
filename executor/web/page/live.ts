/**
 * What keeps the page true: the overview every second, and the stream of decisions, which the browser takes up again where it
 * broke off. While nobody looks at the tab, nothing is asked.
 */
import type { Overview } from '../../core/overview/overview-shape.ts';
import { type DecisionPage, readDecisions, readOverview } from './api.ts';
import type { ShownDecision } from './words.ts';

export type LiveOptions = {
  onOverview(overview: Overview): void;
  /** The executor does not answer. */
  onLost(): void;
  onDecisions(page: DecisionPage): void;
  onDecision(decision: ShownDecision): void;
};

export type Live = { refresh(): void };

const EVERY_MS = 1_000;
const STREAM_AGAIN_MS = 3_000;

export function startLive(options: LiveOptions): Live {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isAsking = false;
  let isDue = false;
  const look = async (): Promise<void> => {
    if (isAsking) {
      isDue = true;
      return;
    }
    clearTimeout(timer);
    isAsking = true;
    isDue = false;
    try {
      if (!document.hidden) options.onOverview(await readOverview());
    } catch {
      options.onLost();
    } finally {
      isAsking = false;
      timer = setTimeout(() => void look(), isDue ? 0 : EVERY_MS);
    }
  };
  const refresh = (): void => void look();
  document.addEventListener('visibilitychange', () => {
    if (!document.hidden) refresh();
  });
  followDecisions(options, refresh);
  refresh();
  return { refresh };
}

function followDecisions(
  options: Pick<LiveOptions, 'onDecisions' | 'onDecision'>,
  refresh: () => void,
): void {
  const stream = new EventSource('/api/v1/decisions/stream');
  stream.addEventListener('open', () => {
    // What was decided before the first event of this stream comes with no id to go on from.
    readDecisions({ limit: '100' })
      .then(options.onDecisions)
      .catch(() => undefined);
  });
  stream.addEventListener('decision', (event: MessageEvent<string>) => {
    options.onDecision(JSON.parse(event.data) as ShownDecision);
    refresh();
  });
  stream.addEventListener('error', () => {
    if (stream.readyState === EventSource.CLOSED)
      setTimeout(() => followDecisions(options, refresh), STREAM_AGAIN_MS);
  });
}
