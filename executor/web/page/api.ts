/** The executor's API, of which the page shows everything and nothing else. */
import type { Overview, TargetHistory } from '../../core/overview/overview-shape.ts';
import type { ShownDecision } from './words.ts';

export type DecisionPage = { readonly decisions: readonly ShownDecision[]; readonly next: number | null };
export type Explanation = Readonly<Record<string, unknown>>;

const TIMEOUT_MS = 8_000;
/** The executor itself waits 2 s for others; one that hangs is to be seen soon. */
const OVERVIEW_TIMEOUT_MS = 4_000;

export const readOverview = (): Promise<Overview> => getJson('/api/v1/overview', OVERVIEW_TIMEOUT_MS);
export const readHistory = (target: string, minutes: number): Promise<TargetHistory> =>
  getJson(`/api/v1/targets/${target}/history?minutes=${minutes}`);
export const explain = (target: string): Promise<Explanation> => getJson(`/api/v1/targets/${target}/explain`);
export const readDecisions = (query: Readonly<Record<string, string>>): Promise<DecisionPage> =>
  getJson(`/api/v1/decisions?${new URLSearchParams(query).toString()}`);

async function getJson<T>(path: string, timeoutMs = TIMEOUT_MS): Promise<T> {
  const answer = await fetch(path, { signal: AbortSignal.timeout(timeoutMs) });
  if (!answer.ok) throw new Error(await problemOf(answer));
  return (await answer.json()) as T;
}

/** With the credentials that were typed, and none that the browser would add by itself. @throws with words for people. */
export async function post(path: string, body: object, authorization: string): Promise<void> {
  const answer = await fetch(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization },
    body: JSON.stringify(body),
    credentials: 'omit',
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  if (!answer.ok) throw new Error(await problemOf(answer));
}

async function problemOf(answer: Response): Promise<string> {
  const body: unknown = await answer.json().catch(() => undefined);
  const isTold = typeof body === 'object' && body !== null && 'error' in body;
  return isTold ? String(body.error) : `The executor answered ${answer.status}.`;
}
