/** rulegen in Consul: itself, and, as it knows nodes and tasks, what Prometheus scrapes in the Swarm. */
import { CONSUL_SERVICE } from '../internal/contract/consul.ts';
import { isAppError } from '../internal/daemon/app-error.ts';
import { createConsulRegistration } from '../internal/daemon/consul-registration.ts';
import { type ConsulSelfOptions, createConsulSelf } from '../internal/daemon/consul-self.ts';
import type { Actor } from '../internal/daemon/run-group.ts';
import { isRegisteredByRulegen, planConsulServices } from './core/plan-consul-services.ts';
import type { ScrapeTarget } from './core/plan-scrape-targets.ts';

export type ConsulServicesOptions = Omit<ConsulSelfOptions, 'name'> & {
  /** Fails with `AppError` while Docker is away. */
  scrapeTargets(): Promise<readonly ScrapeTarget[]>;
  /** Of several rulegens one speaks for the Swarm. */
  leads(): boolean;
};

export type ConsulServices = {
  readonly actors: readonly Actor[];
  /** Undefined where no Consul is named. */
  readonly isUp: (() => boolean) | undefined;
  /** Nodes or services have changed. */
  wake(): void;
};

/** There are no events for tasks, so they are listed. */
const EVERY_MS = 5_000;

export function createConsulServices(options: ConsulServicesOptions): ConsulServices {
  const { clock, logger, leads, scrapeTargets } = options;
  const self = createConsulSelf({ ...options, name: CONSUL_SERVICE.rulegen });
  if (self === undefined) return { actors: [], isUp: undefined, wake() {} };
  const swarm = createConsulRegistration({
    name: 'scrape targets',
    agent: self.agent,
    async desired() {
      if (!leads()) return undefined;
      try {
        return planConsulServices(await scrapeTargets());
      } catch (error) {
        if (isAppError(error)) return undefined;
        throw error;
      }
    },
    isOurs: isRegisteredByRulegen,
    // Prometheus goes on to scrape while rulegen is restarted.
    atExit: 'leave',
    everyMs: EVERY_MS,
    clock,
    logger,
  });
  const isUp = (): boolean => self.isUp() && swarm.isUp();
  return { actors: [self.actor, swarm.actor], isUp, wake: swarm.wake };
}
