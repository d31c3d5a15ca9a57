/** A service judged by a policy, both as somebody would write them. */
import { judgeService } from '../../../../rulegen/core/judge-service.ts';
import { parsePolicy } from '../../../../rulegen/core/parse-policy.ts';
import type { Policy } from '../../../../rulegen/core/policy.ts';
import type { ServiceFacts } from '../../../../rulegen/core/service-facts.ts';
import { aService, noWindow } from '../builders.ts';

export function policyOf(document: unknown): Policy {
  const parsed = parsePolicy(document);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.policy;
}

export const judge = (service: Partial<ServiceFacts>, policy: unknown = {}) =>
  judgeService(aService(service), policyOf(policy), noWindow);

export const planOf = (service: Partial<ServiceFacts>, policy: unknown = {}) => {
  const { verdict } = judge(service, policy);
  if (verdict.kind !== 'scaled') throw new Error(`not scaled: ${JSON.stringify(verdict)}`);
  return verdict.plan;
};
