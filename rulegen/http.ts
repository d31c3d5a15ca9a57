/** What rulegen serves beside `/metrics` and health: what it made of each service, the rules, and http_sd. */
import type { RequestListener } from 'node:http';
import type { Registry } from 'prom-client';
import { createExpressApp, onlyMethods } from '../internal/daemon/express-app.ts';
import type { Logger } from '../internal/daemon/logger.ts';
import { describeService } from './core/describe-service.ts';
import type { ScrapeTarget } from './core/plan-scrape-targets.ts';
import type { RuleLoader } from './rule-loader.ts';
import type { RulegenStatus } from './status.ts';

export type RulegenHttpOptions = {
  readonly registry: Registry;
  readonly status: RulegenStatus;
  readonly loaders: readonly RuleLoader[];
  readonly logger: Logger;
  notReady(): readonly string[];
  warnings(): readonly string[];
  /** Asks for a pass now. */
  resync(): void;
  scrapeTargets(): Promise<readonly ScrapeTarget[]>;
};

/** No request has a body that is read. */
const MAX_BODY_BYTES = 1_024;

export function createRulegenHttp(options: RulegenHttpOptions): RequestListener {
  const { registry, status, loaders, logger } = options;
  return createExpressApp(
    {
      registry,
      logger,
      maxBodyBytes: MAX_BODY_BYTES,
      notReady: () => options.notReady(),
      warnings: () => options.warnings(),
      reload() {
        options.resync();
        return Promise.resolve();
      },
    },
    (router) => {
      router.get('/api/v1/services', (_request, response) => {
        response.json({
          services: status.services.map(describeService),
          policy: {
            usable: status.policy?.policy !== undefined,
            problems: status.policy?.problems ?? [],
          },
          problems: status.problems,
        });
      });
      router.get('/api/v1/rules', (_request, response) => {
        response.json({ files: describeFiles(status), prometheus: loaders.map(describeLoader) });
      });
      // Prometheus keeps the targets that it has when this fails.
      router.get('/sd', async (_request, response) => {
        response.json(await options.scrapeTargets());
      });
      for (const path of ['/api/v1/services', '/api/v1/rules', '/sd']) router.all(path, onlyMethods('GET'));
    },
  );
}

function describeFiles({ files, changes }: RulegenStatus) {
  const reasons = new Map(changes.map(({ file, reason }) => [file, reason]));
  return files.map(({ name, rules }) => ({
    file: name,
    lastGood: reasons.get(name) === 'last_good',
    rules: rules.map(({ alert, expr, for: duration }) => ({ alert, expr, for: duration })),
  }));
}

function describeLoader({ url, state }: RuleLoader) {
  return {
    url,
    verified: state.problem === undefined,
    verifiedAt: state.verifiedAtMs === undefined ? null : new Date(state.verifiedAtMs).toISOString(),
    problem: state.problem ?? null,
    warnings: state.warnings,
    evaluation: state.evaluation,
  };
}
