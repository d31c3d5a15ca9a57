/** What a load balancer's clients do all the time: GET and POST, over connections kept and new ones, and never twice. */
import { Agent, request } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';

export type Visitors = {
  /** Requests with a 200, by now. */
  served(): number;
  /** No further requests; resolves when those under way have ended. */
  stop(): Promise<Visits>;
};
export type Visits = {
  readonly served: number;
  /** Nobody listened any more: the request was never taken over. */
  readonly refused: number;
  /** Taken over, and not answered by a 200. */
  readonly lost: readonly string[];
};

const AT_A_TIME = 8;
const PAUSE_MS = 20;
const WITHIN_MS = 15_000;

export function startVisitors(url: string, methods: readonly string[] = ['GET', 'POST']): Visitors {
  const agents = [new Agent({ keepAlive: true }), new Agent({ keepAlive: false })];
  const visits = { served: 0, refused: 0, lost: [] as string[] };
  const closing = new AbortController();
  const visitor = async (first: number): Promise<void> => {
    for (let turn = first; !closing.signal.aborted; turn += 1) {
      const method = methods[turn % methods.length] ?? 'GET';
      const agent = agents[Math.floor(turn / methods.length) % agents.length];
      const outcome = await visit(url, method, agent);
      if (outcome === 'served') visits.served += 1;
      else if (outcome === 'refused') visits.refused += 1;
      else visits.lost.push(`${new Date().toISOString()} ${method}: ${outcome}`);
      await delay(PAUSE_MS);
    }
  };
  const all = Promise.all(Array.from({ length: AT_A_TIME }, (_, index) => visitor(index)));
  return {
    served: () => visits.served,
    async stop() {
      closing.abort();
      await all;
      for (const agent of agents) agent.destroy();
      return visits;
    },
  };
}

/** `served`, `refused`, or what happened instead. */
function visit(url: string, method: string, agent: Agent | undefined): Promise<string> {
  return new Promise((resolve) => {
    const options = {
      method,
      signal: AbortSignal.timeout(WITHIN_MS),
      ...(agent === undefined ? {} : { agent }),
    };
    const call = request(url, options, (answer) => {
      answer.on('error', (error) => resolve(`broken off: ${error.message}`));
      answer.on('end', () => resolve(answer.statusCode === 200 ? 'served' : `HTTP ${answer.statusCode}`));
      answer.resume();
    });
    call.on('error', (error: NodeJS.ErrnoException) =>
      resolve(error.code === 'ECONNREFUSED' ? 'refused' : error.message),
    );
    call.end(method === 'POST' ? 'x=1' : undefined);
  });
}
