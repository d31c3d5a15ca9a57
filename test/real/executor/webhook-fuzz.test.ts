/** A while of what `npm run fuzz -- executor` goes on with for as long as it is told to. */
import { expect, test } from '@jest/globals';
import { fuzzWebhook } from '../../fuzz/fuzz-webhook.ts';

test('an executor that is sent anything answers, fails never, and does not grow', async () => {
  const { requests, statuses } = await fuzzWebhook({ durationMs: 60_000 });
  expect(requests).toBeGreaterThan(300);
  // It got past the gate, and did not only refuse.
  expect(statuses[200]).toBeGreaterThan(requests / 10);
  expect(statuses[400]).toBeGreaterThan(0);
}, 120_000);
