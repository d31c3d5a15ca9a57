/** One Prometheus server, through its HTTP API. */
import { z } from 'zod';
import { AppError } from '../../internal/daemon/app-error.ts';
import { type HttpAccess, OPEN_ACCESS } from '../../internal/daemon/http-access.ts';
import { callHttp, streamHttp, wholeOf } from '../../internal/daemon/http-client.ts';
import { splitJsonArray } from '../../internal/daemon/json-array.ts';
import type { LoadedGroup } from '../core/compare-rules.ts';
import type { FormatAnswer, ReloadAnswer, RulePrometheus } from '../ports.ts';

const CALL_TIMEOUT_MS = 5_000;
/** A reload takes as long as it takes to load all rules, and waits for evaluations that are under way. */
const RELOAD_TIMEOUT_MS = 60_000;

const RULES_PATH = '/api/v1/rules?type=alert';
const GROUPS = '"groups":[';
/** As Prometheus writes it; a name that needs an escape is none of ours. */
const GROUP_HEAD = /^\{"name":"([^"\\]*)","file":"([^"\\]*)"/;
const TROUBLE = /"health":"(?!ok")/;

const texts = z.record(z.string(), z.string()).default({});
const rule = z.object({
  type: z.string(),
  name: z.string(),
  query: z.string(),
  duration: z.number().default(0),
  keepFiringFor: z.number().default(0),
  labels: texts,
  annotations: texts,
});
const evaluation = z.object({
  name: z.string(),
  health: z.enum(['ok', 'err', 'unknown']).catch('unknown'),
  lastError: z.string().default(''),
});
const groupOf = <T>(rules: z.ZodType<T>) =>
  z.object({ name: z.string(), file: z.string(), rules: z.array(rules) });
const answers = {
  group: groupOf(rule),
  evaluations: groupOf(evaluation),
  runtimeinfo: z.object({
    data: z.object({ reloadConfigSuccess: z.boolean(), lastConfigTime: z.string(), startTime: z.string() }),
  }),
  flags: z.object({ data: z.record(z.string(), z.string()) }),
  formatted: z.object({ data: z.string() }),
  refused: z.object({ error: z.string() }),
};

/** @param url with the route prefix, where the server has one. */
export function createHttpPrometheus(url: string, access: HttpAccess = OPEN_ACCESS): RulePrometheus {
  const get = async <T>(path: string, schema: z.ZodType<T>): Promise<T> => {
    const where = `${url}${path}`;
    const { status, text } = await callHttp({ url: where, timeoutMs: CALL_TIMEOUT_MS, access });
    if (status !== 200) throw unexpected(`GET ${where}`, status, text);
    return parse(schema, fromJson(text, where), where);
  };
  /** With a thousand services the answer is megabytes, of which mostly one group is news. */
  const readGroups = <T>(read: (text: string) => readonly T[]): Promise<readonly T[]> =>
    streamHttp({ url: `${url}${RULES_PATH}`, timeoutMs: CALL_TIMEOUT_MS, access }, async (answer) => {
      if (answer.status !== 200)
        throw unexpected(`GET ${url}${RULES_PATH}`, answer.status, await wholeOf(answer.chunks));
      const found: T[] = [];
      for await (const text of splitJsonArray(answer.chunks, GROUPS)) found.push(...read(text));
      return found;
    });
  const parseGroup = <T>(schema: z.ZodType<T>, text: string): T =>
    parse(schema, fromJson(text, `${url}${RULES_PATH}`), `${url}${RULES_PATH}`);
  return {
    url,
    formatQuery: (query) => formatQuery(`${url}/api/v1/format_query`, access, query),
    reload: () => reload(`${url}/-/reload`, access),
    async readConfigState() {
      const { data } = await get('/api/v1/status/runtimeinfo', answers.runtimeinfo);
      return {
        reloadSucceeded: data.reloadConfigSuccess,
        lastConfigMs: Date.parse(data.lastConfigTime),
        startedMs: Date.parse(data.startTime),
      };
    },
    listGroups: (known = new Set()) =>
      readGroups((text) => [headOf(text, known) ?? toLoadedGroup(parseGroup(answers.group, text))]),
    listTroubles: () =>
      readGroups((text) => {
        if (!TROUBLE.test(text)) return [];
        const { file, rules } = parseGroup(answers.evaluations, text);
        return rules
          .filter(({ health }) => health !== 'ok')
          .map(({ name, health, lastError }) => ({ file, alert: name, health, lastError }));
      }),
    async readFlags() {
      const { data } = await get('/api/v1/status/flags', answers.flags);
      return new Map(Object.entries(data));
    },
  };
}

async function formatQuery(url: string, access: HttpAccess, query: string): Promise<FormatAnswer> {
  const body = new URLSearchParams({ query }).toString();
  const { status, text } = await callHttp({
    method: 'POST',
    url,
    access,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body,
    timeoutMs: CALL_TIMEOUT_MS,
  });
  const where = `POST ${url}`;
  if (status === 200)
    return { kind: 'accepted', formatted: parse(answers.formatted, fromJson(text, where), where).data };
  if (status !== 400 && status !== 422) throw unexpected(where, status, text);
  const { error } = parse(answers.refused, fromJson(text, where), where);
  return { kind: 'refused', message: error.replace(/^invalid parameter "query": /, '') };
}

async function reload(url: string, access: HttpAccess): Promise<ReloadAnswer> {
  const { status, text } = await callHttp({ method: 'POST', url, access, timeoutMs: RELOAD_TIMEOUT_MS });
  if (status >= 200 && status <= 299) return { kind: 'reloaded' };
  if (status === 500) return { kind: 'refused', message: text.trim().slice(0, 500) };
  throw unexpected(`POST ${url}`, status, text);
}

function unexpected(where: string, status: number, text: string): AppError {
  return new AppError(
    'unavailable',
    `${where}: HTTP ${status} ${text.trim().slice(0, 200)}${cureOf(status, text)}`,
  );
}

function cureOf(status: number, text: string): string {
  if (status === 401) return '; its credentials belong into --prometheus.config.file';
  if (status === 404) return '; does --prometheus.url end in its --web.route-prefix?';
  return status === 403 && text.includes('Lifecycle') ? '; start it with --web.enable-lifecycle' : '';
}

/** A group of which nothing but its name is wanted. */
function headOf(text: string, known: ReadonlySet<string>): LoadedGroup | undefined {
  const [, name, file] = GROUP_HEAD.exec(text) ?? [];
  if (name === undefined || file === undefined || !known.has(file.slice(file.lastIndexOf('/') + 1)))
    return undefined;
  return { name, file, rules: [] };
}

function toLoadedGroup({ name, file, rules }: z.infer<typeof answers.group>): LoadedGroup {
  return {
    name,
    file,
    rules: rules.map((one) => ({
      alert: one.name,
      query: one.query,
      forMs: Math.round(one.duration * 1_000),
      keepFiringForMs: Math.round(one.keepFiringFor * 1_000),
      labels: one.labels,
      annotations: one.annotations,
    })),
  };
}

function fromJson(text: string, where: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new AppError('unavailable', `${where}: the answer is not JSON`, { cause: error });
  }
}

function parse<T>(schema: z.ZodType<T>, json: unknown, where: string): T {
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  throw new AppError('unavailable', `${where}: not Prometheus’ answer: ${z.prettifyError(parsed.error)}`);
}
