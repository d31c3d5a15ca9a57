/** A Prometheus as far as its alerts go: what fires is what a test says. */
import { type AlertingState, createAlertingState } from './alerting-state.ts';
import { type JsonServer, startJsonServer } from './json-server.ts';

export type AlertingPrometheus = JsonServer &
  Omit<AlertingState, 'dataOf'> & {
    /** 503 to everything of the API, as while the write-ahead log is replayed. */
    setReady(ready: boolean): void;
  };

export async function startAlertingPrometheus(): Promise<AlertingPrometheus> {
  const { dataOf, ...state } = createAlertingState();
  let isReady = true;
  const server = await startJsonServer((request, path) => {
    const query = new URL(request.url ?? '/', 'http://fake').searchParams.get('query') ?? '';
    const data = dataOf(path, query);
    if (data === undefined) return { status: 404, json: { status: 'error', error: 'not found' } };
    if (!isReady) return { status: 503, json: 'Service Unavailable' };
    return { status: 200, json: { status: 'success', data } };
  });
  return {
    ...server,
    ...state,
    setReady(ready) {
      isReady = ready;
    },
  };
}
