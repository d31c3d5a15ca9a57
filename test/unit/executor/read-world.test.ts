import { expect, test } from '@jest/globals';
import { readWorld, type WorldReader } from '../../../executor/read-world.ts';

/** A Prometheus that answers when it is told to, and a note of whether the service was asked for before that. */
function slowPrometheus() {
  const answer = { give: (): void => {} };
  const alerts = new Promise<readonly never[]>((resolve) => {
    answer.give = () => resolve([]);
  });
  let serviceReads = 0;
  const reader: WorldReader = {
    alerts: { list: () => alerts },
    suppressions: { read: async () => ({ listed: [], silences: [] }) },
    services: {
      async read() {
        serviceReads += 1;
        return undefined;
      },
      listKept: async () => [],
    },
    pauses: { pauseOf: () => undefined },
  };
  return { reader, answer, serviceReads: () => serviceReads };
}

const WEB = { kind: 'service', key: 'docker/web', name: 'web' } as const;
const NOTHING_REMEMBERED = { replicasOf: () => undefined, recall: async () => undefined };

test.each([
  { afterConflict: false, before: 1, title: 'the service is read while Prometheus has yet to answer' },
  { afterConflict: true, before: 0, title: 'after a conflict the service is read last' },
])('$title', async ({ afterConflict, before }) => {
  const { reader, answer, serviceReads } = slowPrometheus();
  const reading = readWorld(reader, NOTHING_REMEMBERED, WEB, afterConflict);
  await new Promise((resolve) => {
    setImmediate(resolve);
  });
  expect(serviceReads()).toBe(before);
  answer.give();
  await reading;
  expect(serviceReads()).toBe(1);
});
