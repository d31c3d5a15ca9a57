import { describe, expect, test } from '@jest/globals';
import { createPartHealth } from '../../../executor/part-health.ts';
import { AppError } from '../../../internal/daemon/app-error.ts';
import { createManualClock } from '../../fakes/manual-clock.ts';

function aHealth() {
  const clock = createManualClock();
  const answers: string[] = [];
  const health = createPartHealth({
    clock,
    onAnswer: (part, result, durationMs) => void answers.push(`${part} ${result} ${durationMs}`),
    onChange: () => {},
  });
  return { clock, answers, health };
}
const failsWith = (code: 'conflict' | 'unavailable') => async (): Promise<never> => {
  throw new AppError(code, `it is ${code}`);
};

describe('the health of the parts', () => {
  test('names each part that has not answered, but not the provider, which nobody may need', () => {
    expect(aHealth().health.problems()).toEqual([
      'docker has not answered yet',
      'prometheus has not answered yet',
      'alertmanager has not answered yet',
    ]);
  });

  test('takes a failure for away, and an answer after it for well', async () => {
    const { health } = aHealth();
    await expect(health.watch('docker', failsWith('unavailable'))).rejects.toThrow('it is unavailable');
    expect(health.problems()).toContain('docker is away: it is unavailable');
    await health.watch('docker', async () => 1);
    expect(health.of('docker').state).toBe('ok');
  });

  test('takes a failure that is an answer for well, and hands it on', async () => {
    const { health, answers } = aHealth();
    await expect(health.watch('docker', failsWith('conflict'), ['conflict'])).rejects.toThrow('conflict');
    expect([health.of('docker').state, answers]).toEqual(['ok', ['docker ok 0']]);
  });

  test('measures each answer', async () => {
    const { clock, health, answers } = aHealth();
    await health.watch('prometheus', () => clock.advance(250));
    expect(answers).toEqual(['prometheus ok 250']);
  });
});
