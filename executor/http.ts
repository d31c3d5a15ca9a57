/** The executor's routes. They parse, hand over and answer; nothing waits for Docker but `explain`. */
import { setImmediate as turnOfTheLoop } from 'node:timers/promises';
import type { Request, Response, Router } from 'express';
import { z } from 'zod';
import { AppError } from '../internal/daemon/app-error.ts';
import { onlyMethods } from '../internal/daemon/express-app.ts';
import { RECORD_KINDS } from './core/decision-record.ts';
import type { Overview, TargetHistory } from './core/overview/overview-shape.ts';
import type { DecisionQuery } from './core/query-decisions.ts';
import { parseTargetKey } from './core/target.ts';
import type { DecisionLog } from './decision-log.ts';
import type { DecisionStream } from './decision-stream.ts';
import type { PauseSwitch } from './pauses.ts';
import type { Views } from './views.ts';
import { addStatusPage } from './web/status-page.ts';
import type { WebhookIntake } from './webhook-intake.ts';

export type RouteDeps = {
  readonly intake: WebhookIntake;
  readonly views: Views;
  readonly log: Pick<DecisionLog, 'search'>;
  readonly stream: Pick<DecisionStream, 'serve'>;
  readonly pauses: PauseSwitch;
  readonly readOverview: () => Promise<Overview>;
  readonly readHistory: (target: string, minutes: number) => Promise<TargetHistory>;
  readonly pageFolder: string | undefined;
  isStopping(): boolean;
  /** Looks at all known targets again, after a pause has changed. */
  wakeAll(): void;
};

export const MAX_BODY_BYTES = 4 * 1024 * 1024;

export function addExecutorRoutes(router: Router, deps: RouteDeps): void {
  const { views, log, stream } = deps;
  const webhook = takeWebhook(deps);
  router.post(['/', '/api/v1/alerts'], webhook);
  addStatusPage(router, deps.pageFolder);
  router.get('/api/v1/overview', async (_request, response) => {
    response.json(await deps.readOverview());
  });
  router.get('/api/v1/status', (_request, response) => void response.json(views.status()));
  router.get('/api/v1/targets', (_request, response) => void response.json({ targets: views.targets() }));
  router.get('/api/v1/targets/:type/*name/explain', async (request, response) => {
    const { type, name } = request.params;
    response.json(await views.explain([type, ...name].join('/')));
  });
  router.get('/api/v1/targets/:type/*name/history', async (request, response) => {
    const { type, name } = request.params;
    const { minutes } = parseOr400(historySchema, givenIn(request.query));
    response.json(await deps.readHistory([type, ...name].join('/'), minutes));
  });
  router.get('/api/v1/decisions', async (request, response) => {
    const { decisions, next = null } = await log.search(parseQuery(request.query));
    response.json({ decisions, next });
  });
  router.get('/api/v1/decisions/stream', (request, response) => {
    const { target } = parseOr400(streamSchema, givenIn(request.query));
    stream.serve(response, { target, afterId: parseEventId(request.get('last-event-id')) });
  });
  addPauseRoutes(router, deps);

  router.all('/', onlyMethods('GET', 'POST'));
  router.all(
    ['/api/v1/alerts', '/api/v1/credentials', '/api/v1/pause', '/api/v1/resume'],
    onlyMethods('POST'),
  );
  router.all(
    [
      '/api/v1/status',
      '/api/v1/overview',
      '/api/v1/targets',
      '/api/v1/decisions',
      '/api/v1/decisions/stream',
    ],
    onlyMethods('GET'),
  );
  router.all(
    ['/api/v1/targets/:type/*name/explain', '/api/v1/targets/:type/*name/history'],
    onlyMethods('GET'),
  );
}

function takeWebhook({ intake, isStopping }: RouteDeps) {
  return async (request: Request, response: Response): Promise<void> => {
    // The only answer that asks Alertmanager to come again: another executor, or this one restarted, takes it over.
    if (isStopping()) throw new AppError('unavailable', 'the executor is stopping');
    const result = await intake(request.body);
    if (result.kind === 'malformed') throw new AppError('invalid', result.problem);
    // The looks that it has woken ask first: the answer has more time than they.
    await turnOfTheLoop();
    response.json({ woken: result.woken, bad: result.bad });
  };
}

const pauseSchema = z.strictObject({
  target: z
    .string()
    .refine((key) => parseTargetKey(key) !== undefined, 'must name a target, such as docker/web')
    .optional(),
  reason: z.string().max(500).default(''),
});

function addPauseRoutes(router: Router, { pauses, wakeAll }: RouteDeps): void {
  // Whoever gets here has shown good ones: the page asks before it offers what needs them.
  router.post('/api/v1/credentials', (_request, response) => void response.json({ accepted: true }));
  router.post('/api/v1/pause', async (request, response) => {
    const { target, reason } = parseOr400(pauseSchema, request.body ?? {});
    response.json({ paused: await pauses.pause(target, reason) });
    wakeAll();
  });
  router.post('/api/v1/resume', async (request, response) => {
    const { target } = parseOr400(pauseSchema, request.body ?? {});
    response.json({ paused: await pauses.resume(target) });
    wakeAll();
  });
}

const time = z
  .string()
  .refine((text) => !Number.isNaN(Date.parse(text)), 'must be a time such as 2026-01-01T12:00:00Z')
  .transform((text) => Date.parse(text))
  .optional();
const querySchema = z.strictObject({
  target: z.string().optional(),
  kind: z.enum(RECORD_KINDS).optional(),
  reason: z.string().optional(),
  since: time,
  until: time,
  before: z.coerce.number().int().nonnegative().optional(),
  limit: z.coerce.number().int().min(1).max(2_000).default(100),
});

const historySchema = z.strictObject({
  minutes: z.coerce.number().int().min(1).max(1_440).default(15),
});
const streamSchema = z.strictObject({ target: z.string().optional() });

function parseQuery(query: Request['query']): DecisionQuery {
  const { since, until, ...rest } = parseOr400(querySchema, givenIn(query));
  return { ...rest, sinceMs: since, untilMs: until };
}

/** A parameter without a value (`?target=`) filters nothing. */
const givenIn = (query: Request['query']): object =>
  Object.fromEntries(Object.entries(query).filter(([, value]) => value !== ''));

/** Of a reader that has seen nothing of ours yet: undefined. */
const parseEventId = (text = ''): number | undefined => (/^\d{1,16}$/.test(text) ? Number(text) : undefined);

function parseOr400<T>(schema: z.ZodType<T>, value: unknown): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) =>
    path.length === 0 ? message : `${path.join('.')}: ${message}`,
  );
  throw new AppError('invalid', problems.join('; '));
}
