import { describe, expect, test } from '@jest/globals';
import { judgeBuild, judgeImport } from '../../../../../deploy/core/cloud/judge-occopus-tools.ts';

describe('the words of occopus-import', () => {
  test('say that it is done', () => {
    const words = 'Successfully imported nodes: worker\r\n';
    expect(judgeImport({ exitCode: 0, words }, [])).toEqual({ ok: true });
  });

  test.each([
    ['a refusal with exit code 0', 0, '[SchemaCheck] ERROR: Unknown key(s): nic_name\r\n'],
    ['silence', 0, ''],
    ['a crash', 1, 'Traceback (most recent call last):\r\n  yaml.YAMLError'],
  ])('are no success where they are %s', (_what, exitCode, words) => {
    const verdict = judgeImport({ exitCode, words }, []);
    const problem =
      words === '' ? 'it said nothing and ended with code 0' : words.replace(/\s+/g, ' ').trim();
    expect(verdict).toEqual({ ok: false, problem });
  });
});

describe('the words of occopus-build', () => {
  test.each(['', 'micado_worker_infra\r\n', 'ERROR: boot of worker failed, trying again', 'worker 10.0.0.7'])(
    'are fine as "%s"',
    (words) => {
      expect(judgeBuild({ exitCode: 0, words }, [])).toEqual({ ok: true });
    },
  );

  test.each([
    '\'[SchemaCheck] ERROR: infra_name "bad_name" may contain only [a-z,0-9,-] characters\'',
    "Traceback (most recent call last): KeyError: 'user_id'",
    "unknown key 'extra' in infastructure description",
  ])('are a failure as "%s"', (words) => {
    expect(judgeBuild({ exitCode: 0, words }, [])).toEqual({ ok: false, problem: words });
  });

  test('are told without the credentials, of which the cut leaves no part', () => {
    const secret = 'hunter2'.repeat(20);
    const words = `Traceback ${secret}${'y'.repeat(550)}`;
    const verdict = judgeBuild({ exitCode: 0, words }, [secret]);
    expect(verdict).toEqual({ ok: false, problem: `Traceback ***${'y'.repeat(550)}` });
  });

  test('are told by their end where they are long, and never with a token', () => {
    const words = `${'x'.repeat(5_000)} unknown key near SWMTKN-1-abc-def and on`;
    const verdict = judgeBuild({ exitCode: 0, words }, []);
    expect(verdict).toMatchObject({
      ok: false,
      problem: expect.stringMatching(/^… x+ unknown key near SWMTKN-… and on$/),
    });
  });
});
