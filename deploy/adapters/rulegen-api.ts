/** rulegen's API, as `status` uses it: which services there are, whether they are scaled, and between which bounds. */
import { z } from 'zod';
import { SERVICE_LABEL } from '../../internal/contract/labels.ts';
import { AppError } from '../../internal/daemon/app-error.ts';
import { callJson } from '../../internal/daemon/http-client.ts';
import type { JudgedService } from '../core/stack-status.ts';

const TIMEOUT_MS = 10_000;

const setting = z.object({ value: z.number() });
const schema = z.object({
  services: z.array(
    z.object({
      name: z.string(),
      state: z.string(),
      reason: z.string().nullish(),
      problems: z.array(z.object({ severity: z.string(), where: z.string(), message: z.string() })),
      settings: z.object({ [SERVICE_LABEL.min]: setting, [SERVICE_LABEL.max]: setting }),
    }),
  ),
});

/** A warning keeps nothing from being scaled. */
function describeFirstError(problems: z.infer<typeof schema>['services'][number]['problems']): string {
  const error = problems.find(({ severity }) => severity === 'error');
  return error === undefined ? '' : `${error.where}: ${error.message}`;
}

/** Fails with `AppError` unavailable. */
export async function readJudgedServices(url: string): Promise<readonly JudgedService[]> {
  const path = `${url}/api/v1/services`;
  const parsed = schema.safeParse(await callJson({ url: path, timeoutMs: TIMEOUT_MS }));
  if (!parsed.success) throw new AppError('unavailable', `GET ${path}: the answer is not rulegen’s`);
  return parsed.data.services.map(({ name, state, reason, problems, settings }) => ({
    name,
    state,
    reason: reason ?? describeFirstError(problems),
    min: settings[SERVICE_LABEL.min].value,
    max: settings[SERVICE_LABEL.max].value,
  }));
}
