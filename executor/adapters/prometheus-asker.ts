import { AppError } from '../../internal/daemon/app-error.ts';
import { type HttpAccess, OPEN_ACCESS } from '../../internal/daemon/http-access.ts';
import { callJson } from '../../internal/daemon/http-client.ts';
import { createFirstHealthy } from './first-healthy.ts';

const TIMEOUT_MS = 3_000;

/** `parse` gives undefined for an answer that is not Prometheus'. */
export type PrometheusAsker = <T>(path: string, parse: (json: unknown) => T | undefined) => Promise<T>;

export function createPrometheusAsker(
  urls: readonly string[],
  access: HttpAccess = OPEN_ACCESS,
): PrometheusAsker {
  const firstHealthy = createFirstHealthy(urls);
  return (path, parse) =>
    firstHealthy(async (url) => {
      const answer = parse(await callJson({ url: `${url}${path}`, timeoutMs: TIMEOUT_MS, access }));
      if (answer !== undefined) return answer;
      throw new AppError('unavailable', `${url}${path}: the answer is not Prometheus'`);
    });
}
