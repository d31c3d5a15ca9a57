import { ALERT_LABEL, ALERT_TYPE } from '../../internal/contract/alerts.ts';
import type { PoolRegistry, RuleReader } from '../ports.ts';

/** The rules are the list of pools: a pool is known, and looked after, while nothing fires. */
export function createRulePoolRegistry(rules: RuleReader): PoolRegistry {
  return {
    async list() {
      const all = await rules.list();
      return all
        .filter(({ labels }) => labels[ALERT_LABEL.type] === ALERT_TYPE.worker)
        .map(({ labels, annotations }) => ({ labels, annotations }));
    },
  };
}
