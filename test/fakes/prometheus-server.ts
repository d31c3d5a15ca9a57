/**
 * A fake Prometheus over HTTP, as far as rule files go: it reads its rules folder at each reload, all or nothing, and its
 * parser knows brackets and types well enough for the tests. The real one passes the same contract suite.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { load } from 'js-yaml';
import { parseDurationMs } from '../../internal/contract/duration.ts';

type FakeRule = {
  readonly alert: string;
  readonly expr: string;
  readonly for?: string;
  readonly keep_firing_for?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
};
type FakeGroup = { readonly name: string; readonly file: string; readonly rules: readonly FakeRule[] };

export type FakePrometheus = AsyncDisposable & {
  readonly url: string;
  /** Reloads that were asked for, and among them those that succeeded. */
  reloads(): { readonly asked: number; readonly done: number };
  /** Names of the groups that it runs. */
  groups(): readonly string[];
  /** What `--web.enable-lifecycle` and `--rules.alert.resend-delay` say. */
  flags: { lifecycle: boolean; resendDelay: string };
  /** A file with this text in it is refused at a reload, although it parses. */
  refuseFilesWith: string | undefined;
  /** A rule with this text in its expression loads, and fails each time it is evaluated. */
  failRulesWith: string | undefined;
  /** Its own configuration is broken: every reload is refused. */
  brokenConfig: boolean;
  /** Stops listening; `resume` listens on the same port again, with the rules that the folder holds then. */
  pause(): Promise<void>;
  resume(): Promise<void>;
};

export async function startFakePrometheus(rulesDir: string): Promise<FakePrometheus> {
  let groups: readonly FakeGroup[] = [];
  let lastConfig = { succeeded: true, time: new Date() };
  const startTime = new Date();
  let asked = 0;
  let done = 0;

  const reload = (): string | undefined => {
    const refusal = fake.brokenConfig ? "couldn't load configuration" : undefined;
    try {
      if (refusal !== undefined) throw new Error(refusal);
      groups = readGroups(rulesDir, fake.refuseFilesWith);
      lastConfig = { succeeded: true, time: new Date() };
      return undefined;
    } catch (error) {
      lastConfig = { ...lastConfig, succeeded: false };
      return `failed to reload config: ${String(error)}`;
    }
  };

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? '/', 'http://fake');
    const send = (status: number, body: unknown): void => {
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(typeof body === 'string' ? body : JSON.stringify(body));
    };
    const sendData = (data: unknown): void => send(200, { status: 'success', data });
    switch (url.pathname) {
      case '/-/reload': {
        if (!fake.flags.lifecycle) return send(403, 'Lifecycle API is not enabled.');
        asked += 1;
        const refusal = reload();
        if (refusal === undefined) done += 1;
        return send(refusal === undefined ? 200 : 500, refusal ?? '');
      }
      case '/api/v1/format_query': {
        const query =
          new URLSearchParams(await bodyOf(request)).get('query') ?? url.searchParams.get('query') ?? '';
        const problem = parseProblem(query);
        if (problem === undefined) return sendData(query.replace(/#.*$/gm, '').trim());
        return send(400, {
          status: 'error',
          errorType: 'bad_data',
          error: `invalid parameter "query": ${problem}`,
        });
      }
      case '/api/v1/rules':
        return sendData({ groups: groups.map((group) => showGroup(group, fake.failRulesWith)) });
      case '/api/v1/status/runtimeinfo':
        return sendData({
          reloadConfigSuccess: lastConfig.succeeded,
          lastConfigTime: lastConfig.time.toISOString(),
          startTime: startTime.toISOString(),
        });
      case '/api/v1/status/flags':
        return sendData({
          'web.enable-lifecycle': String(fake.flags.lifecycle),
          'rules.alert.resend-delay': fake.flags.resendDelay,
        });
      default:
        return send(404, 'not found');
    }
  };

  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      response.writeHead(500).end(String(error));
    });
  });
  const listen = (port: number): Promise<void> =>
    new Promise((resolve) => {
      server.listen(port, '127.0.0.1', resolve);
    });
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  await listen(0);
  const { port } = server.address() as AddressInfo;
  const fake: FakePrometheus = {
    url: `http://127.0.0.1:${port}`,
    reloads: () => ({ asked, done }),
    groups: () => groups.map(({ name }) => name).sort(),
    flags: { lifecycle: true, resendDelay: '2s' },
    refuseFilesWith: undefined,
    failRulesWith: undefined,
    brokenConfig: false,
    pause: close,
    async resume() {
      reload();
      await listen(port);
    },
    [Symbol.asyncDispose]: async () => {
      if (server.listening) await close();
    },
  };
  reload();
  return fake;
}

/** All files or none, as Prometheus does it. */
function readGroups(rulesDir: string, refusedText: string | undefined): readonly FakeGroup[] {
  return readdirSync(rulesDir)
    .filter((name) => name.endsWith('.yml') && !name.startsWith('.'))
    .flatMap((name) => {
      const file = join(rulesDir, name);
      const text = readFileSync(file, 'utf8');
      if (refusedText !== undefined && text.includes(refusedText)) throw new Error(`${file}: refused`);
      const document = load(text) as { readonly groups: readonly Omit<FakeGroup, 'file'>[] };
      for (const { expr } of document.groups.flatMap(({ rules }) => rules)) {
        const problem = parseProblem(expr);
        if (problem !== undefined) throw new Error(`${file}: ${problem}`);
      }
      return document.groups.map((group) => ({ ...group, file }));
    });
}

function showGroup({ name, file, rules }: FakeGroup, failing: string | undefined) {
  return {
    name,
    file,
    rules: rules.map((rule) => ({
      type: 'alerting',
      name: rule.alert,
      query: rule.expr.replace(/#.*$/gm, '').replace(/\s+/g, ' ').trim(),
      duration: secondsOf(rule.for),
      keepFiringFor: secondsOf(rule.keep_firing_for),
      labels: rule.labels ?? {},
      annotations: rule.annotations ?? {},
      ...(failing !== undefined && rule.expr.includes(failing)
        ? { health: 'err', lastError: 'vector contains metrics with the same labelset' }
        : { health: 'ok' }),
    })),
  };
}

const secondsOf = (duration = '0s'): number => (parseDurationMs(duration) ?? 0) / 1_000;

function parseProblem(query: string): string | undefined {
  const text = query.replace(/#.*$/gm, '').trim();
  if (text === '') return '1:1: parse error: no expression found in input';
  if (/rate\(\w+\)/.test(text))
    return 'parse error: expected type range vector in call to function "rate", got instant vector';
  const summed = /^sum\((\d+|"[^"]*"|\w+\[\w+\])\)$/.exec(text)?.[1];
  if (summed !== undefined)
    return `parse error: expected type instant vector in aggregation expression, got ${typeOf(summed)}`;
  return bracketsClose(text) ? undefined : 'parse error: unexpected right parenthesis';
}

function typeOf(text: string): string {
  if (text.startsWith('"')) return 'string';
  return text.endsWith(']') ? 'range vector' : 'scalar';
}

function bracketsClose(text: string): boolean {
  let open = 0;
  for (const character of text.replace(/"(?:[^"\\]|\\.)*"/g, '')) {
    if (character === '(') open += 1;
    if (character === ')') open -= 1;
    if (open < 0) return false;
  }
  return open === 0;
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let body = '';
  for await (const chunk of request) body += String(chunk);
  return body;
}
