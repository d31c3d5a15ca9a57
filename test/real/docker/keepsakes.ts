/** What an upgrade must not lose: a silence in Alertmanager, and the figures in Prometheus. */
import { expect } from '@jest/globals';
import { activeSilences, silenceService } from '../support/apis.ts';
import { firstValueMs } from '../support/prometheus-queries.ts';
import type { Stage } from './stage.ts';

const SERIES = 'up{job="rulegen"}';
/** More than the stack has been there. */
const PAST_MS = 600_000;

export type Keepsakes = {
  seeKept(): Promise<void>;
};

export async function leaveKeepsakes(stage: Stage): Promise<Keepsakes> {
  const [prometheus, alertmanager] = [stage.url(9090), stage.url(9093)];
  const silence = await silenceService(alertmanager, 'another');
  const fromMs = Date.now() - PAST_MS;
  const first = await firstValueMs(prometheus, SERIES, fromMs);
  expect(first).toBeDefined();
  return {
    async seeKept() {
      expect(await activeSilences(alertmanager)).toEqual([silence]);
      expect(await firstValueMs(prometheus, SERIES, fromMs)).toBe(first);
    },
  };
}
