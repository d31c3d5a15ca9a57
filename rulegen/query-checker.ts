/** Users' expressions before the parsers of the target Prometheus servers, each alone. Answers are remembered while in use. */
import { isAppError } from '../internal/daemon/app-error.ts';
import { judgeQuery, type QueryVerdict, summed } from './core/query-text.ts';
import type { ExpressionParser } from './ports.ts';

export type QueryChecker = {
  /** A verdict for each text; `unchecked` where no server answers. */
  check(texts: readonly string[]): Promise<ReadonlyMap<string, QueryVerdict>>;
};

const AT_ONCE = 8;

export function createQueryChecker(servers: readonly ExpressionParser[]): QueryChecker {
  let known: ReadonlyMap<string, QueryVerdict> = new Map();
  return {
    async check(texts) {
      const verdicts = new Map<string, QueryVerdict>();
      for (let start = 0; start < texts.length; start += AT_ONCE) {
        const some = texts.slice(start, start + AT_ONCE);
        const judged = await Promise.all(
          some.map(async (text) => known.get(text) ?? (await judgeByAll(servers, text))),
        );
        for (const [index, verdict] of judged.entries()) verdicts.set(some[index] ?? '', verdict);
      }
      known = new Map([...verdicts].filter(([, { kind }]) => kind !== 'unchecked'));
      return verdicts;
    },
  };
}

/** All servers that answer must accept; the first one's print goes into the rule. */
async function judgeByAll(servers: readonly ExpressionParser[], text: string): Promise<QueryVerdict> {
  const verdicts = await Promise.all(servers.map((server) => judgeBy(server, text)));
  const answered = verdicts.filter(({ kind }) => kind !== 'unchecked');
  return answered.find(({ kind }) => kind === 'refused') ?? answered[0] ?? { kind: 'unchecked' };
}

async function judgeBy(server: ExpressionParser, text: string): Promise<QueryVerdict> {
  try {
    const alone = await server.formatQuery(text);
    if (alone.kind !== 'accepted') return alone;
    return judgeQuery(alone, await server.formatQuery(summed(alone.formatted)));
  } catch (error) {
    if (isAppError(error, 'unavailable')) return { kind: 'unchecked' };
    throw error;
  }
}
