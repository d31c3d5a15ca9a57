/** What the executor takes for granted of Alertmanager, asked of the fake and of the real one. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createHttpSuppressionReader } from '../../../executor/adapters/http-suppression-reader.ts';
import { findSuppression } from '../../../executor/core/suppression.ts';
import { eventually } from '../../eventually.ts';

type Labels = Readonly<Record<string, string>>;

/** An Alertmanager that inhibits every alert whose label `application` is `inhibited`. */
export type SuppressionSubject = AsyncDisposable & {
  readonly url: string;
  sendAlert(labels: Labels): Promise<void>;
  silence(labels: Labels): Promise<void>;
  stop(): Promise<void>;
};

const labelsOf = (application: string): Labels => ({
  alertname: `${application}_overloaded`,
  type: 'docker',
  application,
});

export function describeSuppressionReader(name: string, start: () => Promise<SuppressionSubject>): void {
  describe(`what ${name} suppresses`, () => {
    let subject: SuppressionSubject;
    beforeAll(async () => {
      subject = await start();
    }, 60_000);
    afterAll(async () => {
      await subject?.[Symbol.asyncDispose]();
    });
    const suppressionOf = async (application: string) => {
      const suppressions = await createHttpSuppressionReader([subject.url]).read();
      return findSuppression(labelsOf(application), suppressions, Date.now());
    };
    const isListed = async (application: string): Promise<boolean> => {
      const { listed } = await createHttpSuppressionReader([subject.url]).read();
      return listed.some(({ labels }) => labels['application'] === application);
    };

    test('is nothing of an alert that it sends on', async () => {
      await subject.sendAlert(labelsOf('web'));
      await eventually('the alert is listed', () => isListed('web'));
      expect(await suppressionOf('web')).toBeUndefined();
    });

    test('is an alert with a silence, listed or not yet', async () => {
      await subject.silence({ application: 'api' });
      await eventually('the silence is there', async () => (await suppressionOf('api')) !== undefined);
      expect(await suppressionOf('api')).toMatchObject({ by: 'silenced', ids: [expect.any(String)] });
      await subject.sendAlert(labelsOf('api'));
      await eventually('the alert is listed', () => isListed('api'));
      expect(await suppressionOf('api')).toMatchObject({ by: 'silenced' });
      expect(await suppressionOf('web')).toBeUndefined();
    });

    test('is an alert that another one inhibits', async () => {
      await subject.sendAlert(labelsOf('inhibited'));
      await eventually('it is inhibited', async () => (await suppressionOf('inhibited'))?.by === 'inhibited');
    });

    test('is unavailable, not nothing, when it is down', async () => {
      await subject.stop();
      await expect(createHttpSuppressionReader([subject.url]).read()).rejects.toMatchObject({
        code: 'unavailable',
      });
    });
  });
}
