/** dockerode as far as the executor calls it, without a socket: each call is handed to `answer`. */
import type Docker from 'dockerode';
import type { Answer, EngineCall } from './docker-engine-server.ts';

type Parameters = Readonly<Record<string, unknown>>;
type Update = { readonly _query: Parameters; readonly _body: unknown };

export function createDirectDocker(answer: (call: EngineCall) => Promise<Answer>): Docker {
  const call = async (method: string, path: string, query: Parameters = {}, body?: unknown) => {
    const texts = Object.entries(query).map(([key, value]): [string, string] => [key, String(value)]);
    const { status, json } = await answer({ method, path, query: Object.fromEntries(texts), body });
    if (status < 300) return json;
    const { message } = json as { readonly message: string };
    throw Object.assign(new Error(`(HTTP code ${status}) ${message}`), { statusCode: status });
  };
  const updates = (path: string) => ({
    update: ({ _query, _body }: Update) => call('POST', `${path}/update`, _query, _body),
    remove: (query: Parameters) => call('DELETE', path, query),
  });
  const docker = {
    listServices: (query: Parameters) => call('GET', '/services', query),
    listNodes: (query?: Parameters) => call('GET', '/nodes', query),
    listTasks: (query: Parameters) => call('GET', '/tasks', query),
    getService: (id: string) => updates(`/services/${id}`),
    getNode: (id: string) => updates(`/nodes/${id}`),
  };
  return docker as unknown as Docker;
}
