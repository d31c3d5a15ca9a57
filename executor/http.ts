/** The executor's routes. They parse, hand over and answer; nothing waits for Docker but `explain`. */
import type { Request, Response, Router } from 'express';
import { z } from 'zod';
import { AppError } from '../internal/daemon/app-error.ts';
import { onlyMethods } from '../internal/daemon/express-app.ts';
import { queryDecisions } from './core/query-decisions.ts';
import { parseTargetKey } from './core/target.ts';
import type { DecisionLog } from './decision-log.ts';
import type { PauseSwitch } from './pauses.ts';
import type { Views } from './views.ts';
import { renderStatusPage } from './web/status-page.ts';
import type { WebhookIntake } from './webhook-intake.ts';

export type RouteDeps = {
  readonly intake: WebhookIntake;
  readonly views: Views;
  readonly log: Pick<DecisionLog, 'recent'>;
  readonly pauses: PauseSwitch;
  isStopping(): boolean;
  /** Looks at all known targets again, after a pause has changed. */
  wakeAll(): void;
};

export const MAX_BODY_BYTES = 4 * 1024 * 1024;

export function addExecutorRoutes(router: Router, deps: RouteDeps): void {
  const { views, log } = deps;
  const webhook = takeWebhook(deps);
  router.post(['/', '/api/v1/alerts'], webhook);
  router.get('/', (_request, response) => {
    const page = renderStatusPage(
      views.status(),
      views.targets(),
      queryDecisions(log.recent(), { limit: 50 }),
    );
    response.type('html').set('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'");
    response.send(page);
  });
  router.get('/api/v1/status', (_request, response) => void response.json(views.status()));
  router.get('/api/v1/targets', (_request, response) => void response.json({ targets: views.targets() }));
  router.get('/api/v1/targets/:type/*name/explain', async (request, response) => {
    const { type, name } = request.params;
    response.json(await views.explain([type, ...name].join('/')));
  });
  router.get('/api/v1/decisions', (request, response) => {
    response.json({ decisions: queryDecisions(log.recent(), parseQuery(request.query)) });
  });
  addPauseRoutes(router, deps);

  router.all('/', onlyMethods('GET', 'POST'));
  router.all(['/api/v1/alerts', '/api/v1/pause', '/api/v1/resume'], onlyMethods('POST'));
  router.all(['/api/v1/status', '/api/v1/targets', '/api/v1/decisions'], onlyMethods('GET'));
  router.all('/api/v1/targets/:type/*name/explain', onlyMethods('GET'));
}

function takeWebhook({ intake, isStopping }: RouteDeps) {
  return async (request: Request, response: Response): Promise<void> => {
    // The only answer that asks Alertmanager to come again: another executor, or this one restarted, takes it over.
    if (isStopping()) throw new AppError('unavailable', 'the executor is stopping');
    const result = await intake(request.body);
    if (result.kind === 'malformed') throw new AppError('invalid', result.problem);
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

const querySchema = z.strictObject({
  target: z.string().optional(),
  kind: z.enum(['scale', 'step', 'hold', 'reject']).optional(),
  reason: z.string().optional(),
  since: z
    .string()
    .refine((text) => !Number.isNaN(Date.parse(text)), 'must be a time such as 2026-01-01T12:00:00Z')
    .optional(),
  limit: z.coerce.number().int().min(1).max(2_000).default(100),
});

/** A parameter without a value (`?target=`) filters nothing. */
function parseQuery(query: Request['query']) {
  const given = Object.fromEntries(Object.entries(query).filter(([, value]) => value !== ''));
  const { since, ...rest } = parseOr400(querySchema, given);
  return { ...rest, sinceMs: since === undefined ? undefined : Date.parse(since) };
}

function parseOr400<T>(schema: z.ZodType<T>, value: unknown): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) =>
    path.length === 0 ? message : `${path.join('.')}: ${message}`,
  );
  throw new AppError('invalid', problems.join('; '));
}
