import { AppError, describeError } from '../../internal/daemon/app-error.ts';
import { callJson } from '../../internal/daemon/http-client.ts';

const TIMEOUT_MS = 3_000;

/** `parse` gives undefined for an answer that is not Prometheus'. */
export type PrometheusAsker = <T>(path: string, parse: (json: unknown) => T | undefined) => Promise<T>;

/** Asks the Prometheus that answered last; when it fails, the others in their order. */
export function createPrometheusAsker(urls: readonly string[]): PrometheusAsker {
  let preferred = urls[0];
  return async (path, parse) => {
    const problems: string[] = [];
    const others = urls.filter((url) => url !== preferred);
    for (const url of preferred === undefined ? others : [preferred, ...others]) {
      try {
        const answer = parse(await callJson({ url: `${url}${path}`, timeoutMs: TIMEOUT_MS }));
        if (answer === undefined)
          throw new AppError('unavailable', `${url}${path}: the answer is not Prometheus'`);
        preferred = url;
        return answer;
      } catch (error) {
        problems.push(describeError(error));
      }
    }
    throw new AppError('unavailable', problems.join('; '));
  };
}
