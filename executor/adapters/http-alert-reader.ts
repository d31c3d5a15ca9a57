import { AppError, describeError } from '../../internal/daemon/app-error.ts';
import { callJson } from '../../internal/daemon/http-client.ts';
import { type ObservedAlert, parseObservedAlerts } from '../core/observed-alert.ts';
import type { AlertReader } from '../ports.ts';
import { createSharedCall } from './shared-call.ts';

const TIMEOUT_MS = 3_000;

/** Asks the Prometheus that answered last; when it fails, the others in their order. */
export function createHttpAlertReader(urls: readonly string[]): AlertReader {
  let preferred = urls[0];
  const list = createSharedCall(async () => {
    const problems: string[] = [];
    const others = urls.filter((url) => url !== preferred);
    for (const url of preferred === undefined ? others : [preferred, ...others]) {
      try {
        const alerts = await listFrom(url);
        preferred = url;
        return alerts;
      } catch (error) {
        problems.push(describeError(error));
      }
    }
    throw new AppError('unavailable', problems.join('; '));
  });
  return { list };
}

async function listFrom(url: string): Promise<readonly ObservedAlert[]> {
  const alerts = parseObservedAlerts(await callJson({ url: `${url}/api/v1/alerts`, timeoutMs: TIMEOUT_MS }));
  if (alerts === undefined)
    throw new AppError('unavailable', `${url}/api/v1/alerts: the answer is not Prometheus'`);
  return alerts;
}
